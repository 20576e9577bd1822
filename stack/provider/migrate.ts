import { join } from "node:path";
import { readText } from "./lib/config/config.ts";
import { namedValue } from "./lib/config/named-value.ts";
import { readDatabaseUrl } from "./lib/config/provider-config.ts";
import { describeError, log } from "./lib/log.ts";
import { connect, DatabaseUnreachable } from "./lib/migrations/connect.ts";
import { LockTaken, MigrationRefused, migrate } from "./lib/migrations/migrate.ts";
import { label } from "./lib/migrations/migration.ts";
import { readMigrations } from "./lib/migrations/read-migrations.ts";

/**
 * `node migrate.mjs [FOLDER]`: brings the database to the newest schema. Exit
 * codes: 0 done, or nothing to do; 1 a migration failed and was rolled back; 2
 * wrong configuration, or files that do not fit what was applied; 75 the
 * database or the lock could not be had in time, so that another try may help.
 */
const WAIT_MS = 1000 * Number(process.env.MIGRATE_WAIT_SECONDS ?? 60);
const TIMES = { lockMs: WAIT_MS, statementLockMs: 5_000 };
const EXIT = { done: 0, failed: 1, refused: 2, later: 75 } as const;

async function main(): Promise<number> {
  const { value, fault } = namedValue(process.env, readText, "DATABASE_URL");
  const faults = fault ? [fault] : [];
  const databaseUrl = fault ? undefined : readDatabaseUrl(value, faults);
  if (!databaseUrl) return refuse(faults);

  const files = readMigrations(process.argv[2] ?? join(import.meta.dirname, "migrations"));
  const client = await connect(databaseUrl, WAIT_MS);
  let applied = 0;
  try {
    await migrate(client, files, TIMES, (migration, ms) => {
      applied += 1;
      log("info", "migration applied", { migration: label(migration), ms });
    });
  } finally {
    await client.end().catch(() => {});
  }
  log("info", "schema is up to date", { applied, migrations: files.length });
  return EXIT.done;
}

function refuse(faults: readonly string[]): number {
  for (const fault of faults) log("error", "migrations refused", { fault });
  return EXIT.refused;
}

function explain(error: unknown): number {
  if (error instanceof MigrationRefused) return refuse(error.faults);
  log("error", "migrations stopped", { error: describeError(error) });
  return error instanceof DatabaseUnreachable || error instanceof LockTaken ? EXIT.later : EXIT.failed;
}

process.exitCode = await main().catch(explain);
