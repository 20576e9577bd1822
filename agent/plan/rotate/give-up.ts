import type { RotatedName, Rotation, RotationState, SecretState } from "./types.ts";

const BEFORE_COMMIT: readonly RotationState[] = ["planned", "staged", "db-prepared", "expanded", "verified"];
const AFTER_COMMIT: readonly RotationState[] = ["committed", "flipped", "soak"];

/**
 * The decision to give a rotation up, to be stored before anything is taken back: "undoing" before the commit,
 * "curing" after it. A commit that was killed before it was noted is a commit; a store that was recovered meanwhile,
 * under a number of its own, is none, where it has not the new values. undefined where the only way is on:
 * it is given up already, or an old value is gone, or a later rotation issues another one.
 */
export function giveUp(
  rotation: Rotation,
  store: { version: number; states: readonly SecretState[] },
  why: string,
): Rotation | undefined {
  const { state, toVersion, cured } = rotation;
  const before = BEFORE_COMMIT.includes(state);
  if (before && !(store.version >= toVersion && issuesNew(rotation, store.states)))
    return { ...rotation, state: "undoing", why };
  if (cured || !(before || AFTER_COMMIT.includes(state))) return undefined;
  return hasBoth(rotation, store.states) ? { ...rotation, state: "curing", why } : undefined;
}

function issuesNew({ names }: Rotation, states: readonly SecretState[]): boolean {
  return names.every(({ name, to }) => versionsOf(name, states)[0]?.n === to);
}

/** The new value issues and the old one is still accepted, of every name. */
function hasBoth(rotation: Rotation, states: readonly SecretState[]): boolean {
  const isAccepted = ({ name, from }: RotatedName) => versionsOf(name, states).some(({ n }) => n === from);
  return issuesNew(rotation, states) && rotation.names.every(isAccepted);
}

function versionsOf(name: string, states: readonly SecretState[]): SecretState["versions"] {
  return states.find((state) => state.name === name)?.versions ?? [];
}
