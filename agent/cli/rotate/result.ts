import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { LeftName, Rotation } from "../../plan/rotate/types.ts";

type Outcome = "rotated" | "nothing-due" | "aborted" | "cured" | "contracted";

/** How it went, in the contract's word. */
export function outcomeOf(rotation: Rotation | undefined): Outcome {
  if (rotation === undefined) return "nothing-due";
  if (rotation.result === "aborted") return "aborted";
  if (rotation.cured) return "cured";
  return rotation.state === "soak" ? "rotated" : "contracted";
}

/** The document of `rotate-secrets --json`, without its schema number. */
export function rotationDocument(
  rotation: Rotation | undefined,
  more: { left: readonly LeftName[]; durationMs: number; services: readonly object[] },
) {
  return {
    rotation: rotation?.id ?? null,
    state: rotation?.state ?? null,
    result: outcomeOf(rotation),
    names: (rotation?.names ?? []).map(({ name, kind, from, to }) => ({ name, kind, from, to })),
    ...{ left: more.left, soakUntil: rotation?.soakUntil ?? null, durationMs: more.durationMs },
    services: more.services,
  };
}

/** Taken back or cured: the new values are not in use, and why. */
export function failureOf(rotation: Rotation | undefined): SoloflowError | undefined {
  const outcome = outcomeOf(rotation);
  if (rotation === undefined || (outcome !== "aborted" && outcome !== "cured")) return undefined;
  const end =
    outcome === "aborted"
      ? "the rotation was taken back: everything is as it was"
      : "the former values issue again, and whatever the new ones made is still accepted";
  return new SoloflowError("rotation", `${rotation.why ?? "it failed"}\n${end}`, {
    hint: "mend what is named above; then: soloflow-agent rotate-secrets",
    exitCode: EXIT.restored,
  });
}
