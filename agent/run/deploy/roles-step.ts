import { SoloflowError } from "../../core/errors.ts";
import { rolesSql } from "../../plan/database-roles.ts";
import { LABEL } from "../../plan/labels.ts";
import { firstLines } from "../first-lines.ts";
import { postgresRoles } from "../secrets/postgres-roles.ts";
import { type Execution, unitOf } from "./execution.ts";

const TIMEOUT_MS = 30_000;

/**
 * Gives a database its owner and login roles, as its superuser over the container's own trusted socket. Does nothing
 * where they are right. Errors: SoloflowError "database" with PostgreSQL's words.
 */
export async function setRoles(execution: Execution, service: string): Promise<void> {
  const { host, project, progress } = execution;
  const superuser = unitOf(execution, service).spec.environment?.POSTGRES_USER ?? "postgres";
  const roles = (await postgresRoles(host, project, { [service]: superuser })).find(
    (one) => one.service === service,
  );
  if (roles === undefined) return;
  const step = progress.step(`roles of ${service}`);
  const [container] = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.composeService}=${service}`,
  ]);
  if (container === undefined) throw new SoloflowError("database", `there is no container of ${service}`);
  const argv = [
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--username",
    superuser,
    "--dbname",
    "postgres",
    "--file",
    "-",
  ];
  const { code, output } = await host.engine.exec(container.id, argv, {
    timeoutMs: TIMEOUT_MS,
    stdin: rolesSql(roles),
  });
  if (code === 0) return step.done();
  step.fail();
  throw new SoloflowError("database", `the roles of ${service} could not be set: ${firstLines(output)}`, {
    hint: `look at it with: soloflow-agent logs ${service}`,
  });
}
