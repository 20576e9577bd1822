import { z } from "zod";
import { type Server, select } from "./psql.ts";

/** Where an app writes down which version of a pepper a row was made with. */
export type References = {
  database: string;
  /** "table" or "schema.table". */
  table: string;
  /** Of whole numbers. */
  column: string;
  /** Names a column that is null in rows that still count. */
  unless?: string | undefined;
};

export type VersionCount = { n: number; count: number };

const row = z.object({ n: z.int(), count: z.int() });

/**
 * How many rows stand on each version, the lowest first; with an index on the column it is read from that alone.
 * Errors: as `psql`, for instance where there is no such table yet.
 */
export function keysByVersion(server: Server, references: References): Promise<VersionCount[]> {
  const { database, table, column, unless } = references;
  const which = unless === undefined ? "" : `WHERE ${quoted(unless)} IS NULL`;
  const from = table.split(".").map(quoted).join(".");
  const sql = `SELECT ${quoted(column)} AS n, count(*) AS count FROM ${from} ${which} GROUP BY 1 ORDER BY 1`;
  return select(server, { database, sql }, row);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
