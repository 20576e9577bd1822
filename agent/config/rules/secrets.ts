import type { Config, SecretConfig, SecretKind } from "../config.ts";
import type { Finding } from "./finding.ts";

/** Which kinds a key means something for; keys that are not here suit every kind. */
const SUITS: readonly (readonly [keyof SecretConfig, readonly SecretKind[], string])[] = [
  ["length", ["generated", "pepper", "database", "superuser"], "its value is yours"],
  ["optional", ["external"], "the agent makes it when it is missing"],
  ["url", ["database"], "only a database login is delivered as a URL"],
  ["database", ["database"], "only a database login has one"],
  ["owner", ["database"], "only a database login has one"],
  ["roles", ["database"], "only a database login has them"],
  ["service", ["database", "superuser"], "it belongs to no PostgreSQL"],
  ["accepts", ["generated", "pepper"], "only what the agent makes is given as a list of versions"],
  ["overlap", ["external"], "the agent decides for how long both values hold"],
  ["verify", ["external"], "the agent tries its own values by itself"],
  ["references", ["pepper"], "no rows are made with it"],
];

/** Rules that look at more than one key of the secrets. */
export function secretFindings(config: Config): Finding[] {
  const each = Object.entries(config.secret).flatMap(([name, secret]) => [
    ...keysOfAnotherKind(name, secret),
    ...(secret.kind === "database" ? databaseLogin(name, secret, config.project) : []),
    ...(secret.kind === "superuser" ? superuser(name, secret) : []),
    ...twiceTheSame(name, secret),
    ...fileName(name),
  ]);
  return [...each, ...sharedLogins(config)];
}

function keysOfAnotherKind(name: string, secret: SecretConfig): Finding[] {
  return SUITS.flatMap(([key, kinds, why]) => {
    if (secret[key] === undefined || kinds.includes(secret.kind)) return [];
    const message = `${key} does not go with kind = "${secret.kind}": ${why}`;
    return [{ path: ["secret", name, key], severity: "error" as const, message, hint: `remove ${key}` }];
  });
}

/** The service that runs the PostgreSQL of a database login or superuser, written or by default. */
export function postgresOf({ service }: Pick<SecretConfig, "service">): string {
  return service ?? "database";
}

/** The roles that a database login has, written or by default. */
export function rolesOf(secret: SecretConfig, project: string): { owner: string; roles: [string, string] } {
  return {
    owner: secret.owner ?? `${project}_owner`,
    roles: secret.roles ?? [`${project}_a`, `${project}_b`],
  };
}

function databaseLogin(name: string, secret: SecretConfig, project: string): Finding[] {
  const found: Finding[] = [];
  const { owner, roles } = rolesOf(secret, project);
  const error = (key: string, message: string, hint?: string): void => {
    const written = key in secret ? ["secret", name, key] : ["secret", name];
    found.push({ path: written, severity: "error", message, ...(hint === undefined ? {} : { hint }) });
  };
  if (roles[0] === roles[1]) error("roles", "the two roles take turns, so they must differ");
  if (roles.includes(owner)) {
    error("owner", `the role ${owner} owns the tables and cannot log in too`, "give owner another name");
  }
  if (roles.includes("postgres")) error("roles", "postgres is the superuser; apps get a role of their own");
  for (const part of ["{role}", "{password}"]) {
    if (secret.url?.includes(part) === false) error("url", `url lacks ${part}`);
  }
  return found;
}

function superuser(name: string, secret: SecretConfig): Finding[] {
  const service = postgresOf(secret);
  if (secret.for.includes(service)) return [];
  const message = `the superuser's password is not given to ${service}, which needs it for its first start`;
  const hint = `add "${service}" to for`;
  return [{ path: ["secret", name, "for"], severity: "warning", message, hint }];
}

function twiceTheSame(name: string, secret: SecretConfig): Finding[] {
  return secret.for.flatMap((service, index) => {
    if (secret.for.indexOf(service) === index) return [];
    const message = `${service} is named twice`;
    return [{ path: ["secret", name, "for", index], severity: "warning" as const, message }];
  });
}

function fileName(name: string): Finding[] {
  if (!name.endsWith("_FILE")) return [];
  const message = `${name} is the name of a file; a secret is named without _FILE, which delivery adds`;
  const hint = `write [secret.${name.slice(0, -"_FILE".length)}]`;
  return [{ path: ["secret", name], severity: "error", message, hint }];
}

/** One PostgreSQL has one superuser, and a login role takes turns for one secret only. */
function sharedLogins(config: Config): Finding[] {
  const owners = new Map<string, string>();
  const found: Finding[] = [];
  for (const [name, secret] of Object.entries(config.secret)) {
    for (const login of loginsOf(secret, config.project)) {
      const key = `${postgresOf(secret)}\0${login}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, name);
      else if (owner !== name) {
        const message = `${login} of ${postgresOf(secret)} belongs to secret.${owner} already`;
        found.push({ path: ["secret", name], severity: "error", message });
      }
    }
  }
  return found;
}

function loginsOf(secret: SecretConfig, project: string): string[] {
  if (secret.kind === "superuser") return ["the superuser"];
  return secret.kind === "database" ? rolesOf(secret, project).roles.map((role) => `the role ${role}`) : [];
}
