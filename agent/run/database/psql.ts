import { z } from "zod";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { LABEL } from "../../plan/labels.ts";
import { firstLines } from "../first-lines.ts";

/** A PostgreSQL that runs as a service of a project. */
export type Server = {
  host: Pick<Host, "engine">;
  /** The project's name. */
  project: string;
  /** Its Compose service. */
  service: string;
  /** The superuser's name (POSTGRES_USER). */
  superuser: string;
};

export type Script = {
  /** By standard input: it may hold verifiers. */
  sql: string;
  /** Default "postgres". */
  database?: string;
};

const TIMEOUT_MS = 30_000;

/**
 * Runs a script as the superuser over the container's own trusted socket, to its first error, and gives what it
 * printed: bare values, a row a line. Errors: SoloflowError "database" with PostgreSQL's words.
 */
export async function psql(server: Server, { sql, database = "postgres" }: Script): Promise<string> {
  const { host, service, superuser } = server;
  const argv = [
    ...["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"],
    // An error would quote the line it is about, verifiers and all.
    ...["--set", "VERBOSITY=terse"],
    ...["--username", superuser, "--dbname", database, "--file", "-"],
  ];
  const { code, output } = await host.engine.exec(await containerOf(server), argv, {
    timeoutMs: TIMEOUT_MS,
    stdin: sql,
  });
  if (code === 0) return output;
  throw new SoloflowError("database", `${service}: ${firstLines(output)}`, {
    hint: `look at it with: soloflow-agent logs ${service}`,
  });
}

/** The rows of one SELECT, each as the object that `row` describes. Errors: as `psql`; "database" for other rows. */
export async function select<T>(server: Server, script: Script, row: z.ZodType<T>): Promise<T[]> {
  const sql = `SELECT coalesce(json_agg(row_to_json(found)), '[]') FROM (${script.sql}) AS found;`;
  const answer: unknown = JSON.parse(await psql(server, { ...script, sql }));
  const rows = z.array(row).safeParse(answer);
  if (rows.success) return rows.data;
  const where = [...new Set(rows.error.issues.map(({ path }) => path.at(-1)))].join(", ");
  throw new SoloflowError("database", `${server.service}: its answer has another form (${where})`);
}

async function containerOf({ host, project, service }: Server): Promise<string> {
  const labels = [`${LABEL.composeProject}=${project}`, `${LABEL.composeService}=${service}`];
  const containers = await host.engine.containers(labels);
  const container = containers.find(({ state }) => state === "running");
  if (container !== undefined) return container.id;
  throw new SoloflowError("database", `${service} does not run`, {
    hint: "soloflow-agent status says why",
  });
}
