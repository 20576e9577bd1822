import { hasEnded, isUnderWay } from "./machine.ts";
import type { Rotation } from "./types.ts";

/**
 * In which order open rotations get on: each only when the one before has ended or soaks, because while one moves
 * none that soaks may be closed. Both would commit and roll out.
 */
export function inTurn(rotations: readonly Rotation[]): Rotation[] {
  return rotations
    .filter((rotation) => !hasEnded(rotation))
    .toSorted((a, b) => Number(isUnderWay(b)) - Number(isUnderWay(a)) || a.id - b.id);
}

/** Which one `--abort` means: the one that moves, else the newest that soaks. */
export function abortable(rotations: readonly Rotation[]): Rotation | undefined {
  return rotations.find(isUnderWay) ?? rotations.findLast((rotation) => !hasEnded(rotation));
}

/** Which one `--retire NAME` means: of those that still accept a former value of it, the oldest; none while one moves. */
export function retirable(rotations: readonly Rotation[], name: string): Rotation | undefined {
  if (rotations.some(isUnderWay)) return undefined;
  return inTurn(rotations).find(({ names }) => names.some((each) => each.name === name && !each.closed));
}
