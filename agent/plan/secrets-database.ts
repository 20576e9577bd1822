import type { Config, SecretConfig } from "../config/config.ts";
import { postgresOf, rolesOf } from "../config/rules/secrets.ts";
import type { Login } from "./secrets.ts";

/** A `[secret.NAME]` of kind "database" with its defaults filled in. */
export type DatabaseSecret = {
  name: string;
  service: string;
  database: string;
  owner: string;
  roles: readonly [string, string];
  /** With {role} and {password}. */
  url: string;
};

export function databaseSecret(config: Config, name: string, secret: SecretConfig): DatabaseSecret {
  const service = postgresOf(secret);
  const database = secret.database ?? config.project;
  const url = secret.url ?? `postgres://{role}:{password}@${service}:5432/${database}`;
  return { name, service, database, ...rolesOf(secret, config.project), url };
}

/** What the app gets. Inside an address role and password are percent-encoded. */
export function renderLogin(url: string, { role, password }: Login): string {
  const encode = url.includes("://") ? encodeURIComponent : (text: string) => text;
  return url.replaceAll("{role}", () => encode(role)).replaceAll("{password}", () => encode(password));
}

/**
 * Role and password from what an app was given so far: first by the configured form, then from any
 * `postgres://ROLE:PASSWORD@…`. `elsewhere` says that the address differs from the configured form.
 */
export function readLogin(url: string, value: string): (Login & { elsewhere: boolean }) | undefined {
  const login = byForm(url, value) ?? byAddress(value);
  if (login === undefined || login.role === "" || login.password === "") return undefined;
  return { ...login, elsewhere: renderLogin(url, login) !== value };
}

function byForm(url: string, value: string): Login | undefined {
  const decode = url.includes("://") ? decodePart : (text: string) => text;
  const names: string[] = [];
  const pattern = url
    .split(/(\{role\}|\{password\})/)
    .map((part) => {
      if (part !== "{role}" && part !== "{password}") return RegExp.escape(part);
      names.push(part);
      return "(.+?)";
    })
    .join("");
  const match = new RegExp(`^${pattern}$`, "s").exec(value);
  const role = match?.[names.indexOf("{role}") + 1];
  const password = match?.[names.indexOf("{password}") + 1];
  if (role === undefined || password === undefined || names.length !== 2) return undefined;
  return { role: decode(role), password: decode(password) };
}

function byAddress(value: string): Login | undefined {
  const match = /^(?:jdbc:)?postgres(?:ql)?:\/\/([^:@/]*):(.*)@[^@]*$/s.exec(value);
  const [, role, password] = match ?? [];
  if (role === undefined || password === undefined) return undefined;
  return { role: decodePart(role), password: decodePart(password) };
}

/** People write passwords with a bare "%" too. */
function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
