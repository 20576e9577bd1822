import { SoloflowError } from "../../core/errors.ts";
import type { RotatedName } from "../../plan/rotate/types.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { databaseSecret } from "../../plan/secrets-database.ts";
import { sqlLiteral } from "../../plan/sql-quote.ts";
import { adoptOwners } from "../database/adopt-owners.ts";
import { psql } from "../database/psql.ts";
import type { Rotating } from "./rotating.ts";
import { servers } from "./set-roles.ts";

/**
 * In a database whose login was taken over, everything is given to the owner role, of which both logins are members from
 * here on: the old one still works, and the new one may do the same. Errors: SoloflowError "database" with what is left.
 */
export async function adoptDatabases(
  rotating: Rotating,
  names: readonly RotatedName[],
  secrets: Secrets,
): Promise<void> {
  const { project, progress, log } = rotating;
  const found = await servers(rotating);
  for (const { name } of names) {
    const [stored, secret] = [secrets[name], project.config.secret[name]];
    if (stored?.kind !== "database" || secret === undefined) continue;
    const { service, database, owner, roles } = databaseSecret(project.config, name, secret);
    const foreign = stored.versions.find(({ value }) => !roles.includes(value.role))?.value.role;
    const server = found[service];
    if (foreign === undefined || server === undefined) continue;
    if (foreign !== server.superuser) await psql(server, { sql: grant(owner, foreign) });
    const step = progress.step(`giving ${database} to ${owner}`);
    const left = await adoptOwners(server, { database, owner }, ({ what }) =>
      log(`${what} belongs to ${owner}`, "done"),
    );
    if (left.length === 0) {
      step.done();
      continue;
    }
    step.fail();
    const lines = left.map(({ object, why }) => `${object.what}: ${why}`);
    throw new SoloflowError(
      "database",
      `not everything could be given to ${owner}:\n  ${lines.join("\n  ")}`,
    );
  }
}

function grant(owner: string, login: string): string {
  return `SELECT format('GRANT %I TO %I', ${sqlLiteral(owner)}, ${sqlLiteral(login)})\n\\gexec\n`;
}
