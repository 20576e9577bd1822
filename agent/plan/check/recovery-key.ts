import type { Fault } from "../../config/fault.ts";
import { inConfig, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Should this machine be lost, all that opens the secrets is a key that somebody wrote down once. */
export function recoveryKey(subject: Subject): Fault[] {
  if (!subject.recoveryUntried) return [];
  return [
    warning("recovery-untried", inConfig(subject, ["secret"]), {
      message: "nobody has ever tried whether the recovery key opens the secrets",
      hint: "take it from where you keep it: soloflow-agent secrets verify --recovery",
    }),
  ];
}
