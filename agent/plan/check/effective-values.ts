import type { Fault } from "../../config/fault.ts";
import { interpolate, variablesIn } from "./interpolate.ts";
import { isManaged } from "./managed.ts";
import { error, type Place, warning } from "./places.ts";
import { rawEnvironment } from "./raw-environment.ts";
import { isSigningSecret } from "./secret-names.ts";
import type { EnvFile, Subject } from "./subject.ts";

/**
 * What a container gets is not what stands in its env file: `environment:` beats `env_file:`, and `${NAME}` is filled
 * from the shell and .env only. So a filled secret can arrive empty.
 */
export function effectiveValues(subject: Subject): Fault[] {
  return [...beaten(subject), ...unset(subject), ...different(subject)];
}

function beaten(subject: Subject): Fault[] {
  return rawEnvironment(subject).flatMap(({ service, name, raw, place }) => {
    if (raw === null || isManaged(subject.config, service, name)) return [];
    const file = subject.envFiles.find((one) => one.services.includes(service) && valueIn(one, name) !== "");
    if (file === undefined) return [];
    const effective = interpolate(raw, subject.variables);
    if (effective === valueIn(file, name)) return [];
    if (effective !== "") {
      return [
        warning("environment-beats-env-file", place, {
          message: `${name} of ${service} is set in ${file.file} too, but environment: wins, with another value`,
          hint: "keep it in one of the two places",
        }),
      ];
    }
    return [
      error("secret-lost", place, {
        message: `${name} of ${service} is filled in ${file.file}, but arrives empty: environment: beats env_file:`,
        hint: remedy(file, name),
      }),
    ];
  });
}

function remedy(file: EnvFile, name: string): string {
  return `remove ${name} from environment:, or write env_file = "${file.file}" in soloflow.toml so that \${${name}} is filled from it`;
}

function valueIn(file: EnvFile, name: string): string {
  return file.entries.findLast((entry) => entry.name === name)?.value ?? "";
}

/** A `${NAME}` that nothing sets becomes an empty text. */
function unset(subject: Subject): Fault[] {
  return rawEnvironment(subject).flatMap(({ service, name, raw, place }) => {
    if (raw === null || isManaged(subject.config, service, name)) return [];
    return variablesIn(raw).flatMap((variable) => {
      const isOptional = variable.fallback !== undefined || variable.required || variable.whenSet;
      if (isOptional || subject.variables[variable.name] !== undefined) return [];
      const isReported = subject.envFiles.some(
        (one) => one.services.includes(service) && valueIn(one, name) !== "",
      );
      if (isReported) return [];
      return [emptied(service, name, variable.name, place)];
    });
  });
}

function emptied(service: string, name: string, variable: string, place: Place): Fault {
  if (isSigningSecret(name)) {
    return error("secret-lost", place, {
      message: `${variable} is not set, so ${service} runs with an empty ${name}: what it signs, anybody can forge`,
      hint: `make it a [secret.${name}] in soloflow.toml, or set it in the file that env_file names there`,
    });
  }
  return warning("variable-unset", place, {
    message: `${variable} is not set: ${name} of ${service} is empty`,
    hint: `set it in the file that env_file in soloflow.toml names, or write \${${variable}:-} if empty is meant`,
  });
}

/** Keys are checked with the pepper they were made with: two services with different ones refuse every key. */
const SHARED = /PEPPER$/;

function different(subject: Subject): Fault[] {
  const seen = new Map<string, { service: string; value: string }>();
  return rawEnvironment(subject).flatMap(({ service, name, raw, place }) => {
    if (raw === null || !SHARED.test(name)) return [];
    const managed = isManaged(subject.config, service, name);
    const value = managed ? "\0managed" : interpolate(raw, subject.variables);
    const first = seen.get(name);
    if (first === undefined) seen.set(name, { service, value });
    if (first === undefined || first.value === value) return [];
    return [
      error("secret-differs", place, {
        message: `${name} of ${service} is not the one of ${first.service}: keys made by one are refused by the other`,
        hint: `name both services in for of [secret.${name}]`,
      }),
    ];
  });
}
