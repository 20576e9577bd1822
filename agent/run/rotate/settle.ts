import { reason } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { giveUp } from "../../plan/rotate/give-up.ts";
import { isUnderWay } from "../../plan/rotate/machine.ts";
import { secretStates } from "../../plan/rotate/secret-states.ts";
import { inTurn } from "../../plan/rotate/turn.ts";
import type { Rotation } from "../../plan/rotate/types.ts";
import type { Operation } from "../operation.ts";
import type { Project } from "../project.ts";
import { currentSecrets } from "./current-secrets.ts";
import { drive, lookAtClosing } from "./drive.ts";
import { preflight } from "./preflight.ts";
import type { Rotating } from "./rotating.ts";
import { openRotations, putRotation } from "./rotation-record.ts";

export type Settling = {
  host: Host;
  project: Project;
  operation: Operation;
  progress: Progress;
  signal: AbortSignal;
};

/**
 * Sees to rotations that an earlier command left: one that was cut off is taken back, or from its commit on brought to
 * its end; what has soaked long enough is given up. Returns those that were worked on, as they are now. Every command
 * that changes secrets or containers begins with it. Errors: as `drive`.
 */
export async function settleRotations(settling: Settling): Promise<Rotation[]> {
  const { store } = settling.operation;
  const settled: Rotation[] = [];
  for (const rotation of inTurn(openRotations(store))) {
    const isSoaking = !isUnderWay(rotation);
    if (isSoaking && !(await isRipe(settling, rotation))) continue;
    settling.progress.say(isSoaking ? giveUpWords(rotation) : foundWords(rotation));
    const work = (rotating: Rotating) => (isSoaking ? drive(rotating, rotation) : finish(rotating, rotation));
    settled.push(await underJournal(settling, work));
  }
  return settled;
}

/** Runs work on a rotation with a journal of its own. `more`: what only some commands hand over. */
export function underJournal<T>(
  settling: Settling,
  work: (rotating: Rotating) => Promise<T>,
  more: Partial<Rotating> = {},
): Promise<T> {
  return settling.operation.journal((log) => work({ ...lookingOf(settling), log, ...more }));
}

/** For what changes nothing, and so has no journal. */
export function lookingOf({ host, project, operation, progress, signal }: Settling): Rotating {
  const { exec, store, lease } = operation;
  return { host, project, exec, store, lease, log: () => undefined, progress, signal, retired: [] };
}

/** Back where that is still possible, else on. */
async function finish(rotating: Rotating, rotation: Rotation): Promise<Rotation> {
  const { secrets, version } = await currentSecrets(rotating);
  const next = giveUp(rotation, { version, states: secretStates(secrets) }, "it was interrupted");
  if (next?.state !== "undoing") return drive(rotating, rotation);
  putRotation(rotating.store, next);
  return drive(rotating, next);
}

/**
 * Nothing is looked at before its time. It can wait, too, until every service that is to change is ready: what somebody
 * has stopped or paused is not started for it.
 */
async function isRipe(settling: Settling, rotation: Rotation): Promise<boolean> {
  if (settling.host.clock.now() < (rotation.soakUntil ?? 0)) return false;
  const looking = lookingOf(settling);
  const { closable } = await lookAtClosing(looking, rotation);
  if (closable.length === 0) return false;
  try {
    await preflight(looking, servicesOf(rotation));
    return true;
  } catch (thrown) {
    settling.progress.warn(`rotation ${rotation.id} soaks on: ${reason(thrown)}`);
    return false;
  }
}

/** Whose containers change when former values are given up. */
function servicesOf({ names }: Rotation): string[] {
  return names.filter(({ phases }) => phases.includes("contract")).flatMap(({ services }) => services);
}

function foundWords({ id, names, state }: Rotation): string {
  return `found: rotation ${id} of ${listed(names)} was interrupted (${state})`;
}

function giveUpWords({ id, names, cured }: Rotation): string {
  const what = cured ? "the new values" : "the former values";
  return `rotation ${id} has soaked: ${what} of ${listed(names.filter(({ closed }) => !closed))} are given up`;
}

function listed(names: Rotation["names"]): string {
  return names.map(({ name }) => name).join(", ");
}
