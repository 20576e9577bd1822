import { advance } from "../../agent/plan/rotate/advance.ts";
import { giveUp } from "../../agent/plan/rotate/give-up.ts";
import {
  isUnderWay,
  nextPoint,
  POINTS,
  type PointName,
  type RotationPoint,
} from "../../agent/plan/rotate/machine.ts";
import type { Rotation, RotationState, SecretState } from "../../agent/plan/rotate/types.ts";
import type { Kind } from "./rotating-stack.ts";

/** A command that goes on with what another one left, and every point that it comes to, in order. */
export type Settling = { command: readonly string[]; points: readonly PointName[] };

const [FROM, TO] = [1, 2];

/** What goes on after a command that died there, and how far: taken back, finished, cured or given up, by the table. */
export function settlings(point: RotationPoint, mark: "before" | "after", kind: Kind): Settling[] {
  const left = leftBy(point, mark, kind);
  const given = giveUp(left, storeAt(left), "it was interrupted");
  const undone = given?.state === "undoing" ? given : undefined;
  const cured = given?.state === "curing" ? given : undefined;
  const closable = kind.soaks ? [] : [kind.name];
  // What was never written can only be taken back.
  const isResumed = undone !== undefined && left.state !== "planned";
  const isRetired = kind.soaks && !isUnderWay(left);
  const all = [
    { command: ["--settle"], points: path(undone ?? left, closable) },
    { command: ["--resume"], points: isResumed ? path(left, closable) : [] },
    { command: ["--abort"], points: cured === undefined ? [] : path(cured, closable) },
    { command: ["--retire", kind.name, "--yes"], points: isRetired ? path(left, [kind.name]) : [] },
  ];
  return all.filter(({ points }) => points.length > 0);
}

/** What the journal says then; of what kind the name is, its phases tell all that matters. */
function leftBy({ from, to, name }: RotationPoint, mark: "before" | "after", kind: Kind): Rotation {
  const state = mark === "before" ? from : to;
  const rotated = { name: kind.name, kind: "generated", from: FROM, to: TO, services: [] } as const;
  return {
    ...{ id: 1, cause: "asked", who: "a test", why: undefined, result: undefined },
    ...{ fromVersion: FROM, toVersion: TO, startedAt: 0, soakUntil: undefined, endedAt: undefined },
    ...{ state, cured: name === "cure" && mark === "after" },
    names: [{ ...rotated, phases: kind.phases, closed: comesAfter("retire", state) }],
  };
}

/** What the store says then. */
function storeAt({ state, names }: Rotation): { version: number; states: SecretState[] } {
  const version = (n: number) => ({ n, createdAt: "", role: undefined });
  const isCommitted = comesAfter("commit", state);
  const versions = isCommitted ? [version(TO), version(FROM)] : [version(FROM)];
  const states = names.map(({ name, kind }) => ({ name, kind, versions }));
  return { version: isCommitted ? TO : FROM, states };
}

/** Whether a rotation that goes straight on has this point behind it in the state. */
function comesAfter(point: PointName, state: RotationState): boolean {
  const at = (which: PointName) => POINTS.findIndex(({ name }) => name === which);
  const reached = POINTS.findIndex(({ to }) => to === state);
  return at(point) <= reached && reached <= at("done");
}

function path(rotation: Rotation, closable: readonly string[]): PointName[] {
  const point = nextPoint(rotation, closable);
  if (point === undefined) return [];
  const came = { now: 1, soakMs: 0, version: rotation.toVersion, closable };
  return [point.name, ...path(advance(rotation, point, came), closable)];
}
