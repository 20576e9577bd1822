import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import type { DatabaseRoles, PostgresRoles, RoleVerifier } from "../../plan/database-roles.ts";
import { scramVerifier } from "../../plan/scram.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { type DatabaseSecret, databaseSecret } from "../../plan/secrets-database.ts";
import type { Project } from "../project.ts";
import { openSecrets } from "./open-secrets.ts";

/**
 * What each PostgreSQL service's roles should be, for `rolesSql`. `superusers` gives the superuser's name by
 * service (the container's POSTGRES_USER; default postgres). A login that was taken over and is none of the two
 * roles of its secret is left alone, and so is the superuser's password beside it: it may be the same role.
 */
export async function postgresRoles(
  host: Pick<Host, "files">,
  project: Project,
  superusers: Readonly<Record<string, string>> = {},
): Promise<PostgresRoles[]> {
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  const databases = Object.entries(project.config.secret).flatMap(([name, secret]) =>
    secret.kind === "database" ? [databaseSecret(project.config, name, secret)] : [],
  );
  const services = new Set(databases.map(({ service }) => service));
  return [...services].flatMap((service) => {
    const here = databases.filter((database) => database.service === service);
    const managed = here.flatMap((database) => managedRoles(database, secrets));
    if (managed.length === 0) return [];
    const adopted = here.some((one) => secrets[one.name] && managedRoles(one, secrets).length === 0);
    const superuser = adopted ? undefined : superuserOf(project, secrets, service, superusers[service]);
    return [{ service, superuser, databases: managed }];
  });
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
  { config }: Project,
  secrets: Secrets,
  service: string,
  role = "postgres",
): RoleVerifier | undefined {
  for (const [name, secret] of Object.entries(config.secret)) {
    const stored = secrets[name];
    if (secret.kind !== "superuser" || (secret.service ?? "database") !== service) continue;
    if (stored?.kind === "superuser")
      return verifier(role, stored.versions[0].value, stored.versions[0].salt);
  }
  return undefined;
}

function verifier(role: string, password: string, salt: string): RoleVerifier {
  return { role, verifier: scramVerifier(new Secret(password), salt) };
}
