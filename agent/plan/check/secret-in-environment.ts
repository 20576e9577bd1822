import type { Fault } from "../../config/fault.ts";
import { inEnvironment } from "../secrets-in-environment.ts";
import { inConfig, notice } from "./places.ts";
import type { Subject } from "./subject.ts";

/** What a start wrapper exports is kept from files and from docker inspect, and not from whoever sees the process. */
export function secretInEnvironment(subject: Subject): Fault[] {
  return Object.keys(subject.config.secret).flatMap((name) => {
    const words = inEnvironment(subject.config, name);
    if (words === undefined) return [];
    return [
      notice("secret-in-environment", inConfig(subject, ["secret", name, "deliver"]), {
        message: `${words}: root of this machine, child processes and crash reports have it too`,
        hint: `where the program can read the file that ${name}_FILE names, remove deliver = "env"`,
      }),
    ];
  });
}
