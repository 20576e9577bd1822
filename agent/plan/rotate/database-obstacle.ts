import type { Config, SecretConfig } from "../../config/config.ts";
import { databaseSecret } from "../secrets-database.ts";
import type { Asked, RotationFacts } from "./facts.ts";
import { nextRole } from "./to-make.ts";
import type { Refusal, SecretState } from "./types.ts";

export function databaseObstacle(
  secret: SecretConfig,
  state: SecretState,
  asked: Asked,
): Refusal | undefined {
  const { config, wish, facts } = asked;
  const { name } = state;
  const path = ["secret", name];
  if (wish.which === "back") {
    const message = "has no earlier value to go back to: its two roles take turns";
    return { path, message, hint: `soloflow-agent rotate-secrets ${name} gives it a new one` };
  }
  return (
    serverObstacle(secret, state, asked) ??
    adoptedObstacle(config, secret, state, facts) ??
    openObstacle(nextRole(config, state), state, facts)
  );
}

export function superuserObstacle(
  secret: SecretConfig,
  state: SecretState,
  asked: Asked,
): Refusal | undefined {
  return serverObstacle(secret, state, asked) ?? takenOverObstacle(secret, state, asked);
}

/** As long as a login that was taken over is accepted, the superuser stays as it is: it may be the same role. */
function takenOverObstacle(
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
