import type { Exec } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import { EXIT, reason, SoloflowError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { Host } from "../host/host.ts";
import type { Held, HeldBy } from "../host/lock.ts";
import { openStore } from "../host/store/open-store.ts";
import type { Store } from "../host/store/store.ts";
import { awaitTurn, GLANCE_MS } from "./await-turn.ts";
import { type HeldLease, takeLease } from "./lease.ts";
import type { ProjectPaths } from "./project.ts";

/** What changes something: one at a time in a project. */
export type Operation = {
  /** As the host's, with the lock's descriptor handed to each child: it lives until the last child has ended. */
  exec: Exec;
  store: Store;
  /** Runs what changes something, with its beginning, its steps and its end in the journal. */
  journal<T>(work: (step: StepLog) => Promise<T>): Promise<T>;
  /**
   * Holds services against the watchdog until the operation ends; taken before the observation that a plan is made
   * of, so that nothing changes between the two. Errors: see `takeLease`.
   */
  lease(services: readonly string[]): Promise<HeldLease>;
};

/** Writes down how far the operation has come. */
export type StepLog = (step: string, state: "started" | "done" | "failed" | "undone") => void;

export type OperationOptions = {
  /** The command, as others see it in "who holds the lock". */
  kind: string;
  /** How long to wait for another operation, milliseconds. */
  waitMs: number;
  progress: Progress;
  signal: AbortSignal;
};

/**
 * Runs `work` under the project's lock. Operations that were killed are closed in the journal and said.
 * Errors: SoloflowError "locked" (exit 5) with who holds the lock since when.
 */
export async function withOperation<T>(
  host: Host,
  project: { paths: ProjectPaths },
  options: OperationOptions,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  const held = await acquire(host, project, options);
  try {
    using store = openStore(project.paths.database);
    closeAbandoned(host, store, options.progress);
    using leases = leasesOf(host, project, store, options);
    const exec: Exec = (command, limits) => host.exec({ ...command, inheritFds: [held.fd] }, limits);
    const journal: Operation["journal"] = (changes) => journaled(host, store, options, changes);
    return await work({ exec, store, journal, lease: leases.take });
  } finally {
    held.release();
  }
}

/** What is still held at the end of the scope is released; where that cannot be written, it ends with this process. */
function leasesOf(
  host: Host,
  project: { paths: ProjectPaths },
  store: Store,
  { kind, waitMs, progress, signal }: OperationOptions,
): Disposable & { take: Operation["lease"] } {
  const taken: HeldLease[] = [];
  return {
    async take(services) {
      const wish = { services, holder: kind, waitMs, progress, signal };
      const lease = await takeLease(host, project, store, wish);
      taken.push(lease);
      return lease;
    },
    [Symbol.dispose]() {
      try {
        for (const lease of taken) lease.release();
      } catch (thrown) {
        progress.warn(`the watchdog is held off until this command has ended: ${reason(thrown)}`);
      }
    },
  };
}

function acquire(
  { clock, lock }: Pick<Host, "clock" | "lock">,
  { paths }: { paths: ProjectPaths },
  options: OperationOptions,
): Promise<Held> {
  return awaitTurn(clock, options, async () => {
    const since = new Date(clock.now()).toISOString();
    const taken = await lock.tryAcquire(paths.lock, { pid: process.pid, command: options.kind, since });
    if ("fd" in taken) return { taken };
    const { heldBy } = taken;
    // The watchdog's look at the lock of a dead operation takes microseconds; see `worksOn`.
    const leastMs = heldBy?.alive === false ? GLANCE_MS : 0;
    const waiting = `waiting: ${describe(heldBy, clock.now())}`;
    return { waitMs: Math.max(options.waitMs, leastMs), waiting, refusal: locked(heldBy, clock.now()) };
  });
}

function locked(holder: HeldBy | undefined, nowMs: number): SoloflowError {
  return new SoloflowError("locked", describe(holder, nowMs), {
    hint: "wait for it with --wait 10m",
    exitCode: EXIT.locked,
  });
}

function describe(holder: HeldBy | undefined, nowMs: number): string {
  if (holder === undefined) return "another operation holds the lock of this project";
  const ago = formatDuration(Math.max(0, nowMs - Date.parse(holder.since)));
  const who = `${holder.command} (process ${holder.pid}, since ${holder.since}, ${ago} ago)`;
  return holder.alive
    ? `another operation holds the lock of this project: ${who}`
    : `${who} was killed, but a command that it started is still running and holds the lock of this project`;
}

function closeAbandoned(host: Host, store: Store, progress: Progress): void {
  for (const old of store.operations.unfinished()) {
    store.operations.finish(old.id, { at: host.clock.now(), state: "abandoned" });
    progress.say(
      `found: ${old.kind} of ${new Date(old.startedAt).toISOString()} was interrupted; going on from what is there`,
    );
  }
}

async function journaled<T>(
  host: Host,
  store: Store,
  options: OperationOptions,
  work: (step: StepLog) => Promise<T>,
): Promise<T> {
  const id = store.operations.start({ kind: options.kind, pid: process.pid, at: host.clock.now() });
  // How it went is the answer, whether or not it can be written down.
  const end = (state: "done" | "cancelled" | "failed"): void => {
    try {
      store.operations.finish(id, { at: host.clock.now(), state });
    } catch (thrown) {
      options.progress.warn(`the end of this ${options.kind} is not recorded: ${reason(thrown)}`);
    }
  };
  try {
    const result = await work((step, state) =>
      store.operations.step(id, { step, state, at: host.clock.now() }),
    );
    end("done");
    return result;
  } catch (thrown) {
    end(options.signal.aborted ? "cancelled" : "failed");
    throw thrown;
  }
}
