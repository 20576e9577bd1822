import type { Fault } from "../../config/fault.ts";
import { error, inConfig } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Secrets that only a person has, and that a deploy cannot do without. */
export function storedSecrets(subject: Subject): Fault[] {
  const { config, stored } = subject;
  if (stored === undefined) return [];
  return Object.entries(config.secret).flatMap(([name, { kind, optional }]) => {
    if (kind !== "external" || optional === true || stored.has(name)) return [];
    return [
      error("secret-missing", inConfig(subject, ["secret", name]), {
        message: `${name} has no value in the store`,
        hint: `soloflow-agent secrets set ${name}, or optional = true`,
      }),
    ];
  });
}
