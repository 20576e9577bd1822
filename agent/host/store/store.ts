import type { Builds } from "./builds.ts";
import type { Events } from "./events.ts";
import type { Incidents } from "./incidents.ts";
import type { Leases } from "./leases.ts";
import type { Operations } from "./operations.ts";
import type { Outbox } from "./outbox.ts";
import type { Readiness } from "./readiness.ts";
import type { Releases } from "./releases.ts";
import type { Rotations } from "./rotations.ts";
import type { Specs } from "./specs.ts";
import type { WatchRecord } from "./watch-record.ts";

/**
 * A project's memory. Times are milliseconds since the epoch. Every call may throw a SoloflowError "state-corrupt",
 * "state-busy" (after waiting 5 s), "state-full" or "state"; each names the file and the way out.
 */
export type Store = Disposable & {
  readonly releases: Releases;
  readonly operations: Operations;
  readonly readiness: Readiness;
  readonly builds: Builds;
  readonly specs: Specs;
  readonly rotations: Rotations;
  readonly leases: Leases;
  readonly incidents: Incidents;
  readonly events: Events;
  readonly watch: WatchRecord;
  readonly alerts: Outbox;
  /**
   * All that `action` writes, or nothing of it. It may be called a second time where the first found a full disk (see
   * `openStore`), so that it does nothing but calls of this store.
   */
  transaction<T>(action: () => T): T;
  /** The file was deleted or replaced since it was opened: what is written here nobody will read. Open it again. */
  isStale(): boolean;
  /** Lays up the reserve again where it was spent and there is room; for a store that was opened with one. */
  keepReserve(): void;
  close(): void;
};
