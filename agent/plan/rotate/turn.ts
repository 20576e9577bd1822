import { hasEnded, isUnderWay, nextPoint, type RotationPoint } from "./machine.ts";
import type { Rotation } from "./types.ts";

/**
 * Whose turn it is, and with what: one rotation at a time moves, and while it does none that soaks is closed, because
 * both would commit and roll out. undefined: all have ended or wait. `rotations` with the oldest first.
 */
export function nextTurn(
  rotations: readonly Rotation[],
  closableOf: (rotation: Rotation) => readonly string[],
): { rotation: Rotation; point: RotationPoint } | undefined {
  const moving = rotations.filter(isUnderWay);
  for (const rotation of moving.length > 0 ? moving : rotations) {
    const point = nextPoint(rotation, closableOf(rotation));
    if (point !== undefined) return { rotation, point };
  }
  return undefined;
}

/** Which one `--abort` means: the one that moves, else the newest that soaks. */
export function abortable(rotations: readonly Rotation[]): Rotation | undefined {
  return rotations.find(isUnderWay) ?? rotations.findLast((rotation) => !hasEnded(rotation));
}
