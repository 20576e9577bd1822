import { z } from "zod";
import { sqlName } from "../../plan/sql-quote.ts";
import { psql, type Server, select } from "./psql.ts";

/** How many connections are logged in as the role. Errors: as `psql`. */
export async function sessionsOf(server: Server, role: string): Promise<number> {
  const sql = `SELECT count(*) AS n FROM pg_stat_activity WHERE usename = ${sqlName(role)}`;
  const [row] = await select(server, { sql }, z.object({ n: z.int() }));
  return row?.n ?? 0;
}

/** Cuts them off: what they have under way is rolled back. Errors: as `psql`. */
export async function endSessions(server: Server, role: string): Promise<void> {
  await psql(server, {
    sql: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${sqlName(role)};`,
  });
}
