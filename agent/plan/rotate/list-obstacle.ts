import type { SecretConfig } from "../../config/config.ts";
import type { Asked } from "./facts.ts";
import type { Refusal, SecretState } from "./types.ts";

/** Of what apps are given as a list of versions. */
export function listObstacle(secret: SecretConfig, state: SecretState, asked: Asked): Refusal | undefined {
  return impossibleList(secret, state, asked) ?? unknownReader(secret, state, asked);
}

function impossibleList(
  { kind, accepts }: SecretConfig,
  { name, versions, hasComma }: SecretState,
  { wish: { compromised } }: Asked,
): Refusal | undefined {
  const path = ["secret", name, "accepts"];
  if (accepts === 1) {
    if (kind === "generated") return undefined;
    const message = "is accepted in one value only, so that every key made with it would be void at once";
    const hint =
      'make its apps accept a list, "2:new,1:old", of which the first issues; then remove accepts = 1';
    return { path, message, hint };
  }
  if (hasComma && !compromised) {
    const message = 'has a comma in its value, which no list "2:new,1:old" can hold';
    const cost = kind === "generated" ? "sessions that it signed end" : "keys made with it are refused";
    return { path, message, hint: `rotate-secrets ${name} --compromised exchanges it at once: ${cost}` };
  }
  if (accepts === undefined || versions.length < accepts) return undefined;
  const message = `is in use in ${versions.length} values already, and its apps accept no more`;
  return { path, message, hint: `soloflow-agent rotate-secrets --retire ${name} ends the oldest` };
}

/**
 * What an app that knows no lists takes for its pepper is the whole list: every key would be refused, and the app be as
 * ready as before. Somebody has to say that it reads one, or the app itself by its fingerprints.
 */
function unknownReader(
  { kind, accepts, for: services }: SecretConfig,
  { name }: SecretState,
  { config }: Asked,
): Refusal | undefined {
  const silent = services.filter((service) => config.service[service]?.fingerprints === undefined);
  if (kind !== "pepper" || accepts !== undefined || silent.length === 0) return undefined;
  const message = `would become a list, "2:new,1:old", and nobody knows whether ${silent.join(" and ")} can read one`;
  const hint = `accepts = 2 in [secret.${name}] says that they can, accepts = 1 that they cannot`;
  return { path: ["secret", name], message, hint };
}
