import type { Fault } from "../../config/fault.ts";
import { variablesIn } from "./interpolate.ts";
import { isManaged } from "./managed.ts";
import { error, type Place, warning } from "./places.ts";
import { type RawVariable, rawBuildArgs, rawEnvironment } from "./raw-environment.ts";
import { holdsSecret, isMock, passwordInUrl } from "./secret-names.ts";
import type { Subject } from "./subject.ts";

/** Secrets whose value stands in the compose file itself, or as the fallback of a variable. */
export function secretsInCompose(subject: Subject): Fault[] {
  return [
    ...rawEnvironment(subject).flatMap((variable) => inEnvironment(subject, variable)),
    ...rawBuildArgs(subject).flatMap((variable) => inBuild(variable)),
  ];
}

function inEnvironment(subject: Subject, variable: RawVariable): Fault[] {
  const { service, name, raw, place } = variable;
  if (raw === null || !holdsSecret(name, raw)) return [];
  const managed = isManaged(subject.config, service, name);
  if (clearText(raw) !== "") return [inClear(variable, managed)];
  return managed ? [] : fallbacks(subject, name, raw, place);
}

/** What of the value is written out; of a URL only its password counts. */
function clearText(raw: string): string {
  const value = passwordInUrl(raw) ?? (/:\/\//.test(raw) ? "" : raw);
  return variablesIn(value).length > 0 ? "" : value;
}

function inClear({ service, name, place }: RawVariable, managed: boolean): Fault {
  if (managed) {
    return warning("secret-in-compose", place, {
      message: `${name} of ${service} stands in clear, though the agent's own value is used`,
      hint: "remove it from the compose file",
    });
  }
  return error("secret-in-compose", place, {
    message: `the secret ${name} of ${service} stands in clear in the compose file`,
    hint: `write [secret.${name}] in soloflow.toml, then soloflow-agent secrets set ${name}`,
  });
}

/** `${NAME:-value}`: the value goes live wherever NAME is forgotten. */
function fallbacks({ variables }: Subject, name: string, raw: string, place: Place): Fault[] {
  return variablesIn(raw).flatMap(({ name: variable, fallback = "" }) => {
    if (fallback === "" || variablesIn(fallback).length > 0) return [];
    const inEffect = (variables[variable] ?? "") === "";
    const what = isMock(fallback) || /_test_/.test(fallback) ? "a mock value" : "a value in clear";
    const words = {
      message: inEffect
        ? `${name} has ${what} as its fallback, and ${variable} is not set: that value goes live`
        : `${name} has ${what} as its fallback: it goes live as soon as ${variable} is forgotten`,
      hint: `write \${${variable}:?} so that a missing value stops the start, or make it a [secret.${name}]`,
    };
    return [inEffect ? error("secret-fallback", place, words) : warning("secret-fallback", place, words)];
  });
}

/** Build arguments stay in the image's history, wherever their value comes from. */
function inBuild({ service, name, raw, place }: RawVariable): Fault[] {
  if (raw === "" || !holdsSecret(name, raw ?? "")) return [];
  if (raw !== null && variablesIn(raw).length === 0 && isMock(raw)) return [];
  return [
    error("build-needs-secret", place, {
      message: `the build of ${service} is given the secret ${name}: it stays in the image's history`,
      hint: `give it a mock value here (${name}: build-time-mock); the container gets the real one`,
    }),
  ];
}
