import type { Config } from "../../config/config.ts";
import { postgresOf } from "../../config/rules/secrets.ts";
import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import type { DatabaseRoles, PostgresRoles, RoleVerifier } from "../../plan/database-roles.ts";
import { scramVerifier } from "../../plan/scram.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { type DatabaseSecret, databaseSecret } from "../../plan/secrets-database.ts";
import type { Project } from "../project.ts";
import { openSecrets } from "./open-secrets.ts";

/** `rolesIn` of the current secrets. */
export async function postgresRoles(
  host: Pick<Host, "files">,
  project: Project,
  superusers: Readonly<Record<string, string>> = {},
): Promise<PostgresRoles[]> {
  return rolesIn(project.config, (await openSecrets(host, project))?.secrets ?? {}, superusers);
}

/**
 * What each PostgreSQL service's roles should be, for `rolesSql`. `superusers` gives the superuser's name by
 * service (the container's POSTGRES_USER; default postgres). A login that was taken over and is none of the two
 * roles of its secret is left alone, and so is the superuser's password as long as such a login is accepted: it may be
 * the same role.
 */
export function rolesIn(
  config: Config,
  secrets: Secrets,
  superusers: Readonly<Record<string, string>> = {},
): PostgresRoles[] {
  const databases = Object.entries(config.secret).flatMap(([name, secret]) =>
    secret.kind === "database" ? [databaseSecret(config, name, secret)] : [],
  );
  const services = new Set([...databases.map(({ service }) => service), ...superuserServices(config)]);
  return [...services].flatMap((service) => {
    const here = databases.filter((database) => database.service === service);
    const managed = here.flatMap((database) => managedRoles(database, secrets));
    const adopted = here.some((database) => acceptsForeign(database, secrets));
    const superuser = adopted ? undefined : superuserOf(config, secrets, service, superusers[service]);
    return managed.length === 0 && superuser === undefined
      ? []
      : [{ service, superuser, databases: managed }];
  });
}

function superuserServices({ secret }: Config): string[] {
  return Object.values(secret).flatMap((each) => (each.kind === "superuser" ? [postgresOf(each)] : []));
}

function acceptsForeign({ name, roles }: DatabaseSecret, secrets: Secrets): boolean {
  const stored = secrets[name];
  return stored?.kind === "database" && stored.versions.some(({ value }) => !roles.includes(value.role));
}

function managedRoles({ name, database, owner, roles }: DatabaseSecret, secrets: Secrets): DatabaseRoles[] {
  const stored = secrets[name];
  if (stored?.kind !== "database" || !roles.includes(stored.versions[0].value.role)) return [];
  const logins = stored.versions
    .filter(({ value }) => roles.includes(value.role))
    .map(({ value, salt }) => verifier(value.role, value.password, salt));
  return [{ database, owner, roles, logins }];
}

function superuserOf(
  config: Config,
  secrets: Secrets,
  service: string,
  role = "postgres",
): RoleVerifier | undefined {
  for (const [name, secret] of Object.entries(config.secret)) {
    const stored = secrets[name];
    if (secret.kind !== "superuser" || postgresOf(secret) !== service) continue;
    if (stored?.kind === "superuser")
      return verifier(role, stored.versions[0].value, stored.versions[0].salt);
  }
  return undefined;
}

function verifier(role: string, password: string, salt: string): RoleVerifier {
  return { role, verifier: scramVerifier(new Secret(password), salt) };
}
