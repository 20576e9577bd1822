import { postgresOf } from "../../config/rules/secrets.ts";
import { rolesSql } from "../../plan/database-roles.ts";
import { LABEL } from "../../plan/labels.ts";
import type { RotatedName } from "../../plan/rotate/types.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { psql, type Server } from "../database/psql.ts";
import { rolesIn } from "../secrets/postgres-roles.ts";
import { readApplied } from "./applied-model.ts";
import { knownOf, type Rotating } from "./rotating.ts";
import { thrice } from "./thrice.ts";

type Looking = Pick<Rotating, "host" | "project" | "store">;

/** PostgreSQL services of the project, with the names of their superusers as they were deployed. */
export async function servers(looking: Looking): Promise<Record<string, Server>> {
  const { host, project, store } = looking;
  const { model, specOf } = await readApplied(host, knownOf(looking), store);
  const services = new Set(
    Object.keys(project.config.secret).flatMap((name) => serverOf(looking, name) ?? []),
  );
  const units = model["x-soloflow"].units.filter(({ service }) => services.has(service));
  return Object.fromEntries(
    units.map(({ service, hash }): [string, Server] => {
      const superuser = specOf(hash)?.environment?.POSTGRES_USER ?? "postgres";
      return [service, { host, project: project.config.project, service, superuser }];
    }),
  );
}

/** Which PostgreSQL service a name of kind database or superuser belongs to; undefined for every other. */
export function serverOf({ project }: Pick<Looking, "project">, name: string): string | undefined {
  const secret = project.config.secret[name];
  return secret?.kind === "superuser" || secret?.kind === "database" ? postgresOf(secret) : undefined;
}

/** Roles of the servers of these names as the secrets say; nothing is done where they are right. */
export async function setRolesOf(
  rotating: Looking & Pick<Rotating, "progress">,
  names: readonly RotatedName[],
  secrets: Secrets,
): Promise<void> {
  const touched = new Set(names.map(({ name }) => serverOf(rotating, name)));
  const found = await servers(rotating);
  const superusers = Object.fromEntries(
    Object.values(found).map(({ service, superuser }) => [service, superuser]),
  );
  for (const roles of rolesIn(rotating.project.config, secrets, superusers)) {
    const server = found[roles.service];
    if (server === undefined || !touched.has(roles.service)) continue;
    // Taken down: the deploy that brings it up sets its roles.
    if (!(await isThere(server))) continue;
    const step = rotating.progress.step(`roles of ${roles.service}`);
    try {
      await thrice(rotating.host.clock, () => psql(server, { sql: rolesSql(roles) }));
      step.done();
    } catch (thrown) {
      step.fail();
      throw thrown;
    }
  }
}

async function isThere({ host, project, service }: Server): Promise<boolean> {
  const labels = [`${LABEL.composeProject}=${project}`, `${LABEL.composeService}=${service}`];
  return (await host.engine.containers(labels)).length > 0;
}
