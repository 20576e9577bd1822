import { Database, constants as SQLITE } from "bun:sqlite";
import { closeSync, constants, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import { type Clock, systemClock } from "../clock.ts";
import { Builds } from "./builds.ts";
import { Events } from "./events.ts";
import { Incidents } from "./incidents.ts";
import { Leases } from "./leases.ts";
import { Operations } from "./operations.ts";
import { Outbox } from "./outbox.ts";
import { prepare } from "./prepare.ts";
import { Readiness } from "./readiness.ts";
import { Releases } from "./releases.ts";
import { Reserve } from "./reserve.ts";
import { Rotations } from "./rotations.ts";
import { Specs } from "./specs.ts";
import { Sql } from "./sql.ts";
import { stateError } from "./state-error.ts";
import type { Store } from "./store.ts";
import { WatchRecord } from "./watch-record.ts";

/** Pages of 4 KiB in the journal after which they move into the database; with a reserve it must stay small. */
const SMALL_JOURNAL_PAGES = 16;

/** `boot`: what `Clock.boot` tells, for a test that plays the machine. */
type StoreOptions = { reserve?: boolean; boot?: Clock["boot"] };

/**
 * Opens the state at `path` (":memory:" for a test), making it (0600) and bringing it to this version's schema where
 * needed. `reserve`: the one process that must be able to write on a full disk, the watchdog, lays up a file of
 * 256 KiB beside it and gives it up for that. Throws SoloflowError "state-corrupt" for what is no sound state of ours,
 * "state-newer" for one of a later agent that this one cannot read (see `MIGRATIONS`), and see Store.
 */
export function openStore(path: string, options: StoreOptions = {}): Store {
  const { boot = systemClock.boot } = options;
  const reserve = options.reserve && path !== ":memory:" ? new Reserve(path) : undefined;
  try {
    return opened(path, { boot, reserve });
  } catch (thrown) {
    if (!isFull(thrown) || !reserve?.spend()) throw thrown;
    return opened(path, { boot, reserve });
  }
}

type Parts = { boot: Clock["boot"]; reserve?: Reserve | undefined };

function opened(path: string, parts: Parts): Store {
  const { reserve } = parts;
  const sql = open(path, reserve);
  try {
    prepare(sql, path);
    if (reserve !== undefined) sql.script(`PRAGMA wal_autocheckpoint = ${SMALL_JOURNAL_PAGES}`);
  } catch (thrown) {
    sql.close();
    throw thrown;
  }
  reserve?.keep();
  return storeOf(sql, path, parts);
}

/**
 * The state at `path`, for looking only: as `openStore`, and on a full disk too, where SQLite has no room for the
 * files that several readers and writers need; it is then read as it stands in its one file.
 */
export function readStore(path: string): Store {
  try {
    return openStore(path);
  } catch (thrown) {
    if (!isFull(thrown)) throw thrown;
    const address = `${Bun.pathToFileURL(path).href}?immutable=1`;
    return storeOf(
      new Sql(new Database(address, SQLITE.SQLITE_OPEN_READONLY | SQLITE.SQLITE_OPEN_URI), path),
      path,
      { boot: systemClock.boot },
    );
  }
}

function isFull(thrown: unknown): boolean {
  return thrown instanceof SoloflowError && thrown.code === "state-full";
}

function storeOf(sql: Sql, path: string, { boot, reserve }: Parts): Store {
  const close = () => sql.close();
  const files = identities(path);
  return {
    releases: new Releases(sql),
    operations: new Operations(sql),
    readiness: new Readiness(sql),
    builds: new Builds(sql),
    specs: new Specs(sql),
    rotations: new Rotations(sql),
    leases: new Leases(sql, boot),
    incidents: new Incidents(sql),
    events: new Events(sql),
    watch: new WatchRecord(sql),
    alerts: new Outbox(sql),
    transaction: (action) => sql.transaction(action),
    isStale: () => identities(path) !== files,
    keepReserve: () => reserve?.keep(),
    close,
    [Symbol.dispose]: close,
  };
}

/** Which file the database is, and which its journal: that stays as long as anybody has the database open. */
function identities(path: string): string {
  const identity = (file: string) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.dev}:${found.ino}`;
  };
  return [path, `${path}-wal`].map(identity).join(" ");
}

function open(path: string, reserve?: Reserve): Sql {
  try {
    if (path !== ":memory:") {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // SQLite would obey the umask; its journal files take the mode of this one.
      closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
    }
    return new Sql(new Database(path, { strict: true }), path, () => reserve?.spend() === true);
  } catch (thrown) {
    throw stateError(path, thrown);
  }
}
