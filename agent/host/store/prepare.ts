import { SoloflowError } from "../../core/errors.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";
import type { Sql } from "./sql.ts";

/** Longer than any transaction of ours. */
const BUSY_MS = 5_000;
const AGAIN_MS = 20;

/**
 * Makes an open file fit for use: it is ours, sound, and of a schema that this agent can work with; an earlier one is
 * brought to this agent's. Errors: see `openStore`.
 */
export function prepare(sql: Sql, path: string): void {
  sql.script(`PRAGMA busy_timeout = ${BUSY_MS}`);
  const found = version(sql, path);
  journalBeside(sql);
  sql.script("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  const [damage] = sql.all<{ quick_check: string }>("PRAGMA quick_check(1)");
  // It has read every page, and a watchdog would keep them for weeks.
  sql.script("PRAGMA shrink_memory");
  if (damage?.quick_check !== "ok") throw sql.corrupt(damage?.quick_check ?? "it cannot be checked");
  if (found < MIGRATIONS.length) migrate(sql, path);
}

/** Where two make a new state at once, SQLite calls this one change busy without waiting as it does for others. */
function journalBeside(sql: Sql): void {
  for (let left = BUSY_MS; ; left -= AGAIN_MS) {
    try {
      sql.script("PRAGMA journal_mode = WAL");
      return;
    } catch (thrown) {
      const isBusy = thrown instanceof SoloflowError && thrown.code === "state-busy";
      if (!isBusy || left <= 0) throw thrown;
      Bun.sleepSync(AGAIN_MS);
    }
  }
}

/** Schema version of the file: 0 for one that is new. */
function version(sql: Sql, path: string): number {
  // Looked at first: what another agent makes meanwhile has its marks before it has anything in it.
  const isEmpty = sql.all("SELECT 1 FROM sqlite_schema LIMIT 1").length === 0;
  const found = sql.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  const application = sql.get<{ application_id: number }>("PRAGMA application_id")?.application_id;
  const fresh = found === 0 && application === 0 && isEmpty;
  if (!fresh && application !== APPLICATION_ID) throw sql.corrupt("it is a database of another program");
  if (found > MIGRATIONS.length && readableFrom(sql) > MIGRATIONS.length) {
    throw new SoloflowError("state-newer", `the state ${path} was written by a later soloflow-agent`, {
      hint: `use that version: this one knows schema ${MIGRATIONS.length}, the state has ${found}`,
    });
  }
  return found;
}

/** Of a file of schema 2 or later. */
function readableFrom(sql: Sql): number {
  const found = sql.get<{ readable_from: number }>("SELECT readable_from FROM schema");
  if (found === undefined) throw sql.corrupt("it does not say who can read it");
  return found.readable_from;
}

/** Two agents may open a new state at once: the second finds it done. */
function migrate(sql: Sql, path: string): void {
  sql.transaction(() => {
    for (const [index, step] of MIGRATIONS.entries()) {
      if (index < version(sql, path)) continue;
      sql.script(`${step.sql} PRAGMA user_version = ${index + 1}`);
      if (index > 0) sql.run("UPDATE schema SET readable_from = $from", { from: step.readableFrom });
      sql.script(`PRAGMA application_id = ${APPLICATION_ID}`);
    }
  });
}
