import type { RotationPoint } from "./machine.ts";
import type { Rotation } from "./types.ts";

/** What a point's work has come to. */
export type Came = {
  now: number;
  /** How long what was replaced stays accepted. */
  soakMs: number;
  /** Of the store, after the work: retire and cure commit one more version. */
  version: number;
  /** Names whose replaced value the work has given up ("retire"). */
  closable: readonly string[];
};

/** The rotation after a point's work, to be stored before anything else is done. */
export function advance(rotation: Rotation, point: RotationPoint, came: Came): Rotation {
  const next: Rotation = { ...rotation, state: point.to };
  switch (point.name) {
    case "soak":
      return { ...next, soakUntil: soakUntil(rotation, came) };
    case "cure":
      return { ...next, cured: true, soakUntil: undefined, toVersion: came.version };
    case "retire": {
      const names = next.names.map((each) =>
        came.closable.includes(each.name) ? { ...each, closed: true } : each,
      );
      return { ...next, names, toVersion: came.version };
    }
    case "done":
      return { ...next, endedAt: came.now, result: rotation.cured ? "cured" : "done" };
    case "discard":
      return { ...next, endedAt: came.now, result: "aborted" };
    default:
      return next;
  }
}

/** A rotation of which something could not be given up comes back to SOAK, and its time is over already. */
function soakUntil(rotation: Rotation, { now, soakMs }: Came): number {
  return rotation.soakUntil ?? now + (rotation.cause === "compromised" ? 0 : soakMs);
}
