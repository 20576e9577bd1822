import { z } from "zod";
import { sqlName } from "../../plan/sql-quote.ts";
import { type Server, select } from "./psql.ts";

/** What PostgreSQL keeps of a role. */
export type LoginState = {
  role: string;
  mayLogIn: boolean;
  /** "SCRAM-SHA-256$…", or null for a role without a password. */
  verifier: string | null;
};

const row = z.object({ role: z.string(), mayLogIn: z.boolean(), verifier: z.string().nullable() });

/** Of the named roles those that exist, in the order of their names. Errors: as `psql`. */
export function loginStates(server: Server, roles: readonly string[]): Promise<LoginState[]> {
  if (roles.length === 0) return Promise.resolve([]);
  const sql = `SELECT rolname AS role, rolcanlogin AS "mayLogIn", rolpassword AS verifier
    FROM pg_authid WHERE rolname IN (${roles.map(sqlName).join(", ")}) ORDER BY rolname`;
  return select(server, { sql }, row);
}
