import { EXIT, reason, SoloflowError } from "../../core/errors.ts";
import { advance } from "../../plan/rotate/advance.ts";
import { asBegun } from "../../plan/rotate/as-begun.ts";
import { closing } from "../../plan/rotate/closing.ts";
import { giveUp } from "../../plan/rotate/give-up.ts";
import { soakMs } from "../../plan/rotate/impact.ts";
import { nextPoint, type RotationPoint } from "../../plan/rotate/machine.ts";
import { secretStates } from "../../plan/rotate/secret-states.ts";
import type { LeftName, Rotation } from "../../plan/rotate/types.ts";
import { currentSecrets } from "./current-secrets.ts";
import { lookAtDatabases } from "./look.ts";
import type { Rotating } from "./rotating.ts";
import { putRotation } from "./rotation-record.ts";
import { WORKS } from "./works.ts";

/** Points that Ctrl-C takes back; what comes after them is brought to its end all the same. */
const REVOCABLE: readonly Rotation["state"][] = ["planned", "staged", "db-prepared", "expanded", "verified"];

/**
 * Does what a rotation still needs, point by point, until it has ended or soaks. Each point is in the journal before
 * its work and after it. A point that fails has the rotation taken back, or after the commit cured.
 * Errors: SoloflowError (exit 4) where that fails as well: the next command tries again.
 */
export async function drive(found: Rotating, rotation: Rotation): Promise<Rotation> {
  const rotating = goingBy(found, rotation);
  for (let now = rotation; ; ) {
    const closable = now.state === "soak" ? (await lookAtClosing(rotating, now)).closable : [];
    const point = nextPoint(now, closable);
    if (point === undefined) return now;
    now = await pass(rotating, now, point, closable);
  }
}

/** What may be given up by now, and why the rest may not. */
export async function lookAtClosing(
  found: Rotating,
  rotation: Rotation,
): Promise<{ closable: string[]; waiting: LeftName[] }> {
  const rotating = goingBy(found, rotation);
  const names = rotation.names.map(({ name }) => name);
  const states = secretStates((await currentSecrets(rotating)).secrets);
  const { keys, sessions } = await lookAtDatabases(
    rotating,
    states.filter(({ name }) => names.includes(name)),
  );
  return closing(rotation, {
    ...{ now: rotating.host.clock.now(), retired: rotating.retired },
    ...{ states, keys, sessions },
  });
}

function goingBy(rotating: Rotating, { names }: Rotation): Rotating {
  const { project } = rotating;
  return { ...rotating, project: { ...project, config: asBegun(project.config, names) } };
}

async function pass(
  rotating: Rotating,
  rotation: Rotation,
  point: RotationPoint,
  closable: readonly string[],
): Promise<Rotation> {
  const { host, store, signal } = rotating;
  const isRevocable = REVOCABLE.includes(rotation.state);
  store.rotations.mark(rotation.id, { point: point.name, mark: "before", at: host.clock.now() });
  host.fault?.(`${point.name}:before`);
  let next: Rotation;
  try {
    if (isRevocable && signal.aborted) throw new SoloflowError("cancelled", "cancelled");
    // From the commit on Ctrl-C stops nothing: there is no way back that would be shorter.
    const worker = isRevocable ? rotating : { ...rotating, signal: new AbortController().signal };
    await WORKS[point.name](worker, rotation, closable);
    next = advance(rotation, point, await cameTo(rotating, rotation, closable));
  } catch (thrown) {
    return givenUp(rotating, rotation, thrown);
  }
  note(rotating, next, point);
  host.fault?.(`${point.name}:after`);
  return next;
}

async function cameTo(rotating: Rotating, { names }: Rotation, closable: readonly string[]) {
  const { version } = await currentSecrets(rotating);
  const { host, project } = rotating;
  return { now: host.clock.now(), soakMs: soakMs(project.config, names), version, closable };
}

function note({ host, store }: Rotating, next: Rotation, point: RotationPoint): void {
  store.transaction(() => {
    putRotation(store, next);
    store.rotations.mark(next.id, { point: point.name, mark: "after", at: host.clock.now() });
  });
}

async function givenUp(rotating: Rotating, rotation: Rotation, thrown: unknown): Promise<Rotation> {
  // What soaks is in use: that something cannot be given up just now is no reason to have it issue again.
  if (rotation.state === "soak") throw stuck(rotation, thrown);
  const { secrets, version } = await currentSecrets(rotating);
  const next = giveUp(rotation, { version, states: secretStates(secrets) }, headsOf(wordsOf(thrown)));
  if (next === undefined) throw stuck(rotation, thrown);
  putRotation(rotating.store, next);
  const way = next.state === "undoing" ? "it is taken back" : "the old values issue again";
  rotating.progress.warn(`${wordsOf(thrown)}: ${way}`);
  return next;
}

function wordsOf(thrown: unknown): string {
  if (thrown instanceof SoloflowError) return thrown.message;
  return reason(thrown);
}

/** What is kept and told on: the lines below each cause are what an app has said, its log among them. */
function headsOf(words: string): string {
  const lines = words.split("\n").filter((line) => !line.startsWith(" "));
  return lines.join("; ");
}

function stuck(rotation: Rotation, thrown: unknown): SoloflowError {
  const hint = "mend what is named above; then: soloflow-agent rotate-secrets --settle";
  return new SoloflowError("rotation", `rotation ${rotation.id} is ${rotation.state}: ${wordsOf(thrown)}`, {
    hint: thrown instanceof SoloflowError ? (thrown.hint ?? hint) : hint,
    exitCode: EXIT.notRestored,
    cause: thrown,
  });
}
