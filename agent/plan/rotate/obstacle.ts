import type { Config, SecretConfig } from "../../config/config.ts";
import { sameForm } from "../secrets.ts";
import { databaseSecret } from "../secrets-database.ts";
import type { RotationFacts, RotationWish } from "./facts.ts";
import { nextRole } from "./to-make.ts";
import type { Refusal, SecretState } from "./types.ts";

type Asked = { config: Config; states: readonly SecretState[]; wish: RotationWish; facts: RotationFacts };

/** Why this secret cannot be rotated now, and what is to be done; undefined where it can. */
export function obstacleOf(name: string, state: SecretState | undefined, asked: Asked): Refusal | undefined {
  const secret = asked.config.secret[name];
  const at = (key?: string) => ["secret", name, ...(key === undefined || secret === undefined ? [] : [key])];
  if (secret === undefined || state === undefined) {
    return { path: at(), message: "has no value yet", hint: `soloflow-agent secrets set ${name}` };
  }
  if (!sameForm(state.kind, secret.kind)) {
    const message = `is stored as ${state.kind}, soloflow.toml says kind = "${secret.kind}"`;
    return { path: at("kind"), message, hint: `write kind = "${state.kind}"` };
  }
  if (asked.wish.which === "back" && isAfterLeak(state, asked.facts)) {
    const hint = `soloflow-agent rotate-secrets ${name} gives it a new one`;
    return { path: at(), message: "was rotated because its earlier value leaked", hint };
  }
  switch (secret.kind) {
    case "pepper":
    case "generated":
      return listObstacle(secret, state, asked.wish) ?? unknownObstacle(secret, state, asked);
    case "database":
      return serverObstacle(secret, state, asked) ?? databaseObstacle(secret, state, asked);
    case "external":
      return externalObstacle(name, asked.wish);
    case "superuser":
      return serverObstacle(secret, state, asked) ?? superuserObstacle(secret, state, asked);
    default:
      return secret.kind satisfies never;
  }
}

function listObstacle(
  { kind, accepts }: SecretConfig,
  { name, versions, hasComma }: SecretState,
  { compromised }: RotationWish,
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
function unknownObstacle(
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

/** The value that issues came in the place of one that leaked. */
function isAfterLeak({ name, versions }: SecretState, { rotations }: RotationFacts): boolean {
  return rotations.some(
    ({ cause, cured, names }) =>
      cause === "compromised" &&
      !cured &&
      names.some((each) => each.name === name && each.to === versions[0]?.n),
  );
}

/** Where nobody runs it nobody could set a role: the apps would be given a login that does not exist. */
function serverObstacle(
  { service = "database" }: SecretConfig,
  { name }: SecretState,
  { facts }: Asked,
): Refusal | undefined {
  if (service in facts.services) return undefined;
  const message = `is a login of ${service}, which is not deployed: nobody could set its password`;
  const hint = "service = names what runs its PostgreSQL; deploy that first";
  return { path: ["secret", name, "service"], message, hint };
}

/** As long as a login that was taken over is accepted, the superuser stays as it is: it may be the same role. */
function superuserObstacle(
  { service = "database" }: SecretConfig,
  { name }: SecretState,
  { config, states }: Asked,
): Refusal | undefined {
  for (const { name: other, versions } of states) {
    const secret = config.secret[other];
    if (secret?.kind !== "database") continue;
    const { roles, ...login } = databaseSecret(config, other, secret);
    const foreign = versions.find(({ role = "" }) => !roles.includes(role))?.role;
    if (foreign === undefined || login.service !== service) continue;
    const message = `may be the password of ${foreign}, a login that ${other} has taken over and still accepts`;
    const hint = `first soloflow-agent rotate-secrets ${other}; once that login is given up, this`;
    return { path: ["secret", name], message, hint };
  }
  return undefined;
}

function databaseObstacle(
  secret: SecretConfig,
  state: SecretState,
  { config, wish, facts }: Asked,
): Refusal | undefined {
  const { name } = state;
  const path = ["secret", name];
  if (wish.which === "back") {
    const message = "has no earlier value to go back to: its two roles take turns";
    return { path, message, hint: `soloflow-agent rotate-secrets ${name} gives it a new one` };
  }
  return adoptedObstacle(config, secret, state, facts) ?? openObstacle(nextRole(config, state), state, facts);
}

function adoptedObstacle(
  config: Config,
  secret: SecretConfig,
  { name, versions }: SecretState,
  facts: RotationFacts,
): Refusal | undefined {
  const login = versions[0]?.role ?? "";
  const { roles, owner, service } = databaseSecret(config, name, secret);
  if (roles.includes(login) || facts.foreign[name] !== undefined) return undefined;
  const message = `logs in as ${JSON.stringify(login)}, which is none of its two roles (${roles.join(", ")})`;
  const hint = `what is in the database has to belong to ${owner} first: start ${service} and ask again`;
  return { path: ["secret", name, "roles"], message, hint };
}

/** The role whose turn it is may still be in use from the turn before. */
function openObstacle(
  role: string,
  { name, versions }: SecretState,
  { sessions }: RotationFacts,
): Refusal | undefined {
  const count = sessions[role];
  if (count === 0 || !versions.some((version) => version.role === role)) return undefined;
  const who = count === undefined ? "nobody could count the sessions" : `there are ${count} sessions`;
  const message = `was changed a short time ago: ${who} of ${role}, whose turn is next`;
  const hint = `wait until they have ended, or end them: soloflow-agent rotate-secrets --retire ${name}`;
  return { path: ["secret", name], message, hint };
}

function externalObstacle(name: string, { which, given }: RotationWish): Refusal | undefined {
  if (which === "back" || given.includes(name)) return undefined;
  const hint = `soloflow-agent rotate-secrets ${name} asks for it`;
  return { path: ["secret", name], message: "has a value that only you can get", hint };
}
