import type { Phase, Rotation, RotationState } from "./types.ts";

/** One journaled step: its work may be done again, and leaves the rotation in `to`. */
export type RotationPoint = {
  name: PointName;
  from: RotationState;
  to: RotationState;
  /** Only for rotations with a name that has this phase; always without it. */
  phase?: Phase;
};

export type PointName =
  | ("stage" | "prepare-roles" | "expand" | "verify" | "commit" | "flip" | "soak")
  | ("retire" | "contract" | "close-roles" | "done")
  | ("undo-rollout" | "undo-roles" | "discard")
  | "cure";

/**
 * Every point of every rotation. Each state but the last ones has exactly one way on, so that the table is the
 * machine; a point whose phase nobody needs is passed over.
 *
 * - stage: v(N+1) is written, encrypted, not current. prepare-roles: the role that takes its turn gets its verifier.
 * - expand: apps accept old and new and issue old. verify: logins, keys, fingerprints. commit: CURRENT is renamed.
 * - flip: apps get CURRENT as it stands. soak: the deadline is stored; the command ends here.
 * - retire: one more version without what may go is committed. contract: apps get it. close-roles: roles as it says.
 * - undo-rollout, undo-roles: apps and roles as v(N) says. discard: v(N+1) is removed.
 * - cure: one more version, in which the old values issue, is committed, and the roles are as it says.
 */
export const POINTS: readonly RotationPoint[] = [
  { name: "stage", from: "planned", to: "staged" },
  { name: "prepare-roles", from: "staged", to: "db-prepared", phase: "roles" },
  { name: "expand", from: "db-prepared", to: "expanded", phase: "expand" },
  { name: "verify", from: "expanded", to: "verified" },
  { name: "commit", from: "verified", to: "committed" },
  { name: "flip", from: "committed", to: "flipped", phase: "flip" },
  { name: "soak", from: "flipped", to: "soak" },
  { name: "retire", from: "soak", to: "retired" },
  { name: "contract", from: "retired", to: "contracted", phase: "contract" },
  { name: "close-roles", from: "contracted", to: "closed", phase: "roles" },
  { name: "done", from: "closed", to: "done" },
  { name: "undo-rollout", from: "undoing", to: "apps-undone", phase: "expand" },
  { name: "undo-roles", from: "apps-undone", to: "roles-undone", phase: "roles" },
  { name: "discard", from: "roles-undone", to: "aborted" },
  { name: "cure", from: "curing", to: "committed" },
];

const SOAK = POINTS.find(({ name }) => name === "soak");

/**
 * What is to be done next; undefined where the rotation has ended, or has to wait in SOAK because none of its names is
 * `closable` (see closing.ts).
 */
export function nextPoint(rotation: Rotation, closable: readonly string[]): RotationPoint | undefined {
  const open = rotation.names.filter(({ closed }) => !closed);
  if (rotation.state === "soak" && !open.some(({ name }) => closable.includes(name))) return undefined;
  const next = firstNeeded(rotation, rotation.state);
  // What cannot be given up yet soaks on.
  return next?.name === "done" && open.length > 0 ? SOAK : next;
}

function firstNeeded(rotation: Rotation, state: RotationState): RotationPoint | undefined {
  const point = POINTS.find(({ from }) => from === state);
  if (point?.phase === undefined || needs(rotation, point.phase)) return point;
  return firstNeeded(rotation, point.to);
}

export function needs({ names }: Pick<Rotation, "names">, phase: Phase): boolean {
  return names.some(({ phases }) => phases.includes(phase));
}

/** Nothing is left to do, ever. */
export function hasEnded({ state }: Pick<Rotation, "state">): boolean {
  return !POINTS.some(({ from }) => from === state);
}

/** It moves: containers, roles or the store are between two states. One that soaks holds nobody up. */
export function isUnderWay(rotation: Pick<Rotation, "state">): boolean {
  return rotation.state !== "soak" && !hasEnded(rotation);
}
