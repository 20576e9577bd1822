import { Database, constants as SQLITE } from "bun:sqlite";
import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { SoloflowError } from "../../core/errors.ts";
import { Builds } from "./builds.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";
import { Operations } from "./operations.ts";
import { Readiness } from "./readiness.ts";
import { Releases } from "./releases.ts";
import { Specs } from "./specs.ts";
import { Sql } from "./sql.ts";
import { stateError } from "./state-error.ts";
import type { Store } from "./store.ts";

/** Longer than any transaction of ours. */
const BUSY_MS = 5_000;

/**
 * Opens the state at `path` (":memory:" for a test), making it (0600) and bringing it to this version's schema where
 * needed. Throws SoloflowError "state-corrupt" for what is no sound state of ours, "state-newer" for one that a later
 * agent wrote, and see Store.
 */
export function openStore(path: string): Store {
  const sql = open(path);
  try {
    prepare(sql, path);
  } catch (thrown) {
    sql.close();
    throw thrown;
  }
  return storeOf(sql);
}

/**
 * The state at `path`, for looking only: as `openStore`, and on a full disk too, where SQLite has no room for the
 * files that several readers and writers need; it is then read as it stands in its one file.
 */
export function readStore(path: string): Store {
  try {
    return openStore(path);
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError) || thrown.code !== "state-full") throw thrown;
    const address = `${pathToFileURL(path).href}?immutable=1`;
    return storeOf(
      new Sql(new Database(address, SQLITE.SQLITE_OPEN_READONLY | SQLITE.SQLITE_OPEN_URI), path),
    );
  }
}

function storeOf(sql: Sql): Store {
  const close = () => sql.close();
  return {
    releases: new Releases(sql),
    operations: new Operations(sql),
    readiness: new Readiness(sql),
    builds: new Builds(sql),
    specs: new Specs(sql),
    close,
    [Symbol.dispose]: close,
  };
}

function open(path: string): Sql {
  try {
    if (path !== ":memory:") {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // SQLite would obey the umask; its journal files take the mode of this one.
      closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
    }
    return new Sql(new Database(path, { strict: true }), path);
  } catch (thrown) {
    throw stateError(path, thrown);
  }
}

function prepare(sql: Sql, path: string): void {
  sql.script(`PRAGMA busy_timeout = ${BUSY_MS}`);
  const found = version(sql, path);
  sql.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  const [damage] = sql.all<{ quick_check: string }>("PRAGMA quick_check(1)");
  if (damage?.quick_check !== "ok") throw sql.corrupt(damage?.quick_check ?? "it cannot be checked");
  if (found < MIGRATIONS.length) migrate(sql, path);
}

/** Schema version of the file: 0 for one that is new. */
function version(sql: Sql, path: string): number {
  const found = sql.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  const application = sql.get<{ application_id: number }>("PRAGMA application_id")?.application_id;
  const fresh =
    found === 0 && application === 0 && sql.all("SELECT 1 FROM sqlite_schema LIMIT 1").length === 0;
  if (!fresh && application !== APPLICATION_ID) throw sql.corrupt("it is a database of another program");
  if (found > MIGRATIONS.length) {
    throw new SoloflowError("state-newer", `the state ${path} was written by a later soloflow-agent`, {
      hint: `use that version: this one knows schema ${MIGRATIONS.length}, the state has ${found}`,
    });
  }
  return found;
}

/** Two agents may open a new state at once: the second finds it done. */
function migrate(sql: Sql, path: string): void {
  sql.transaction(() => {
    for (const [index, step] of MIGRATIONS.entries()) {
      if (index >= version(sql, path)) sql.script(`${step} PRAGMA user_version = ${index + 1}`);
      sql.script(`PRAGMA application_id = ${APPLICATION_ID}`);
    }
  });
}
