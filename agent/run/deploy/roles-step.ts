import { SoloflowError } from "../../core/errors.ts";
import { rolesSql } from "../../plan/database-roles.ts";
import { psql } from "../database/psql.ts";
import { postgresRoles } from "../secrets/postgres-roles.ts";
import { type Execution, unitOf } from "./execution.ts";

/**
 * Gives a database its owner and login roles. Does nothing where they are right. Errors: SoloflowError "database" with
 * PostgreSQL's words.
 */
export async function setRoles(execution: Execution, service: string): Promise<void> {
  const { host, project, progress } = execution;
  const superuser = unitOf(execution, service).spec.environment?.POSTGRES_USER ?? "postgres";
  const roles = (await postgresRoles(host, project, { [service]: superuser })).find(
    (one) => one.service === service,
  );
  if (roles === undefined) return;
  const step = progress.step(`roles of ${service}`);
  try {
    await psql({ host, project: project.config.project, service, superuser }, { sql: rolesSql(roles) });
    step.done();
  } catch (thrown) {
    step.fail();
    if (!(thrown instanceof SoloflowError)) throw thrown;
    throw new SoloflowError("database", `the roles could not be set: ${thrown.message}`, {
      hint: thrown.hint,
      cause: thrown,
    });
  }
}
