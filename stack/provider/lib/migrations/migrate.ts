import type { Client } from "pg";
import { type AppliedMigration, label, type Migration, planMigrations } from "./migration.ts";

/** A state that only a person can put right: nothing was changed by this run. */
export class MigrationRefused extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join("; "));
    this.faults = faults;
  }
}

/** Another run held the lock all the time that was waited for it. */
export class LockTaken extends Error {}

/** One migration failed, was rolled back, and none after it was tried. */
export class MigrationFailed extends Error {
  constructor(migration: Migration, cause: unknown) {
    super(`${label(migration)} failed and was rolled back: ${(cause as Error).message}`, { cause });
  }
}

export type MigrateTimes = {
  /** Milliseconds to wait for another run to end. */
  readonly lockMs: number;
  /** Milliseconds that one statement may wait for a lock held by the running application. */
  readonly statementLockMs: number;
};

/** The eight letters of "soloflow" as one number: no other program picks it by chance. */
const LOCK_KEY = "8317986262492147575";
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Applies what is pending, each file in a transaction of its own together with
 * its record, and tells `onApplied` of each. Safe to run twice, to run twice at
 * once (the second waits, then finds nothing to do) and to kill (within a
 * second the server sees that the connection is gone, rolls back and lets the
 * lock go, even in the middle of a long statement).
 */
export async function migrate(
  client: Client,
  files: readonly Migration[],
  times: MigrateTimes,
  onApplied: (migration: Migration, ms: number) => void,
): Promise<void> {
  await client.query("set client_connection_check_interval = '1s'");
  await takeLock(client, times.lockMs);
  await client.query(`create table if not exists schema_migration (
    id integer primary key, name text not null, checksum text not null,
    applied_at timestamptz not null default now())`);
  const { rows } = await client.query<AppliedMigration>("select id, name, checksum from schema_migration");
  const plan = planMigrations(files, rows);
  if ("faults" in plan) throw new MigrationRefused(plan.faults);
  for (const migration of plan.pending) {
    const before = performance.now();
    await apply(client, migration, times.statementLockMs);
    onApplied(migration, Math.round(performance.now() - before));
  }
}

async function takeLock(client: Client, lockMs: number): Promise<void> {
  try {
    await client.query(`set lock_timeout = ${lockMs}`);
    await client.query("select pg_advisory_lock($1)", [LOCK_KEY]);
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new LockTaken(`another migration holds the lock since more than ${Math.round(lockMs / 1000)} s`);
  }
}

async function apply(client: Client, migration: Migration, statementLockMs: number): Promise<void> {
  try {
    await client.query("begin");
    await client.query(`set local lock_timeout = ${statementLockMs}`);
    await client.query(migration.sql);
    await client.query("insert into schema_migration (id, name, checksum) values ($1, $2, $3)", [
      migration.id,
      migration.name,
      migration.checksum,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw new MigrationFailed(migration, error);
  }
}
