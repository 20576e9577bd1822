import type { Fault } from "../../config/fault.ts";
import { weakValue } from "../secrets-value.ts";
import { variablesIn } from "./interpolate.ts";
import { isManaged } from "./managed.ts";
import { error } from "./places.ts";
import { rawEnvironment } from "./raw-environment.ts";
import { isSigningSecret } from "./secret-names.ts";
import type { Subject } from "./subject.ts";

/**
 * Short secrets that come from the shell that calls the agent; those of files are told at their line in the file,
 * those written in the compose file as standing there in clear.
 */
export function weakInEffect(subject: Subject): Fault[] {
  return rawEnvironment(subject).flatMap(({ service, name, raw, place }) => {
    if (raw === null || !isSigningSecret(name) || isManaged(subject.config, service, name)) return [];
    const [variable] = variablesIn(raw);
    const value = variable === undefined ? "" : (subject.variables[variable.name] ?? "");
    const isInFile = subject.envFiles.some((file) =>
      file.entries.some((entry) => entry.name === variable?.name),
    );
    const why = value === "" || isInFile ? undefined : weakValue("generated", value);
    if (why === undefined) return [];
    return [
      error("secret-short", place, {
        message: `${name} of ${service}, from the environment of this command, ${why}`,
        hint: "openssl rand -base64 33 makes a good one",
      }),
    ];
  });
}
