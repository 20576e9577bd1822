import type { Builds } from "./builds.ts";
import type { Operations } from "./operations.ts";
import type { Readiness } from "./readiness.ts";
import type { Releases } from "./releases.ts";
import type { Specs } from "./specs.ts";

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
  close(): void;
};
