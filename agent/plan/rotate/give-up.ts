import type { Rotation, RotationState, SecretState } from "./types.ts";

const BEFORE_COMMIT: readonly RotationState[] = ["planned", "staged", "db-prepared", "expanded", "verified"];
const AFTER_COMMIT: readonly RotationState[] = ["committed", "flipped", "soak"];

/**
 * The decision to give a rotation up, to be stored before anything is taken back: "undoing" before the commit,
 * "curing" after it. A commit that was killed before it was noted is a commit. undefined where the only way is on:
 * it is given up already, or an old value is gone, or a later rotation issues another one.
 */
export function giveUp(
  rotation: Rotation,
  store: { version: number; states: readonly SecretState[] },
  why: string,
): Rotation | undefined {
  const { state, toVersion, cured } = rotation;
  const before = BEFORE_COMMIT.includes(state);
  if (before && store.version < toVersion) return { ...rotation, state: "undoing", why };
  if (cured || !(before || AFTER_COMMIT.includes(state))) return undefined;
  return hasBoth(rotation, store.states) ? { ...rotation, state: "curing", why } : undefined;
}

/** The new value issues and the old one is still accepted, of every name. */
function hasBoth({ names }: Rotation, states: readonly SecretState[]): boolean {
  return names.every(({ name, from, to }) => {
    const versions = states.find((state) => state.name === name)?.versions ?? [];
    return versions[0]?.n === to && versions.some(({ n }) => n === from);
  });
}
