import { readdirSync } from "node:fs";
import { newestMigration } from "../migrations/migration.ts";
import { pool } from "./pool.ts";

export type Readiness = { ready: true } | { ready: false; reason: string };

/** What a load balancer waits at most; a probe that hangs says less than one that fails. */
const DEADLINE_MS = 1_000;
const UNDEFINED_TABLE = "42P01";

let needed: number | undefined;
let running: Promise<Readiness> | undefined;

/**
 * Whether the database answers within a second and holds the schema this build
 * needs. A newer schema is good: the version before runs on it by contract.
 * Probes that come while one is under way share it, so that a slow database is
 * not asked ever more often.
 */
export function readiness(): Promise<Readiness> {
  running ??= withDeadline(checkSchema()).finally(() => {
    running = undefined;
  });
  return running;
}

async function checkSchema(): Promise<Readiness> {
  needed ??= newestMigration(readdirSync("migrations"));
  const sql = "select coalesce(max(id), 0)::int as id from schema_migration";
  const { rows } = await pool().query<{ id: number }>(sql);
  const found = rows[0]?.id ?? 0;
  if (found >= needed) return { ready: true };
  return { ready: false, reason: `schema is at ${found}, this version needs ${needed}: run the migrations` };
}

async function withDeadline(check: Promise<Readiness>): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Readiness>((resolve) => {
    const reason = `database gave no answer within ${DEADLINE_MS} ms`;
    timer = setTimeout(resolve, DEADLINE_MS, { ready: false, reason });
  });
  const answer = check.catch((error): Readiness => ({ ready: false, reason: explain(error) }));
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** By code alone: the path is open to anyone, and the text of an error holds addresses and names. */
function explain(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === UNDEFINED_TABLE) return "schema is missing: run the migrations";
  return `database cannot be reached (${code ?? "no connection"})`;
}
