import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { Host } from "../host/host.ts";
import { processStart } from "../host/process-life.ts";
import type { Lease } from "../host/store/leases.ts";
import type { Store } from "../host/store/store.ts";
import { worksOn } from "../host/works-on.ts";
import { awaitTurn } from "./await-turn.ts";
import type { ProjectPaths } from "./project.ts";

/** A hold on services: nobody else changes their containers until it is released, or this process has ended. */
export type HeldLease = {
  /** From now on only these. */
  narrow(services: readonly string[]): void;
  release(): void;
};

export type LeaseWish = {
  services: readonly string[];
  /** The command, as others see it in "who holds the gateway". */
  holder: string;
  /** Milliseconds that the caller would wait for others; a minute at least is waited for the watchdog. */
  waitMs: number;
  progress: Progress;
  signal: AbortSignal;
};

/** A restart by the watchdog takes as long as its service needs to become ready, seldom more than this. */
const LEAST_WAIT_MS = 60_000;
/** How the watchdog calls itself in its leases and its lock. */
export const WATCHDOG = "watch";

/** The lease of one watchdog a project; held, after its death, by the commands that it has started. */
export function watchLock(paths: Pick<ProjectPaths, "state">): string {
  return `${paths.state}/watch.lock`;
}

/**
 * Takes the services for an operation. A restart by the watchdog is waited for, a minute or `waitMs`; so are commands that a
 * killed watchdog has left running. A person's pause is no obstacle: it is said to the watchdog only.
 * Errors: SoloflowError "held" (exit 5) with who holds what.
 */
export function takeLease(
  host: Pick<Host, "clock" | "lock">,
  project: { paths: ProjectPaths },
  store: Pick<Store, "leases">,
  wish: LeaseWish,
): Promise<HeldLease> {
  const waitMs = Math.max(LEAST_WAIT_MS, wish.waitMs);
  return awaitTurn(host.clock, wish, async () => {
    const taken = tryLease(store, project.paths, wish, host.clock.now());
    const obstacle = "id" in taken ? await orphanedWork(host, project) : describe(taken.heldBy);
    if ("id" in taken && obstacle === undefined) return { taken: held(store, taken.id) };
    if ("id" in taken) store.leases.release(taken.id);
    return { waitMs, waiting: `waiting: ${obstacle}`, refusal: refused(obstacle ?? "") };
  });
}

function tryLease(
  store: Pick<Store, "leases">,
  { lock }: ProjectPaths,
  { services, holder }: LeaseWish,
  at: number,
) {
  const own = { pid: process.pid, pidStart: processStart(process.pid) };
  // Nor is one of its own, of which a full disk would not take the release: there is one operation at a time.
  const isOwn = (lease: Lease) =>
    lease.holder === holder && lease.pid === own.pid && lease.pidStart === own.pidStart;
  const beside = (lease: Lease) => lease.pid === undefined || isOwn(lease);
  return store.leases.take({ services, holder, ...own, at, beside }, worksOn(lock));
}

function held(store: Pick<Store, "leases">, id: number): HeldLease {
  return {
    narrow: (services) => store.leases.narrow(id, services),
    release: () => store.leases.release(id),
  };
}

/** What a killed watchdog has begun goes on in its children, and they hold its lock. */
async function orphanedWork(
  { lock, clock }: Pick<Host, "clock" | "lock">,
  { paths }: { paths: ProjectPaths },
): Promise<string | undefined> {
  const who = { pid: process.pid, command: "a look", since: new Date(clock.now()).toISOString() };
  const taken = await lock.tryAcquire(watchLock(paths), who);
  if ("release" in taken) {
    taken.release();
    return undefined;
  }
  if (taken.heldBy === undefined || taken.heldBy.alive) return undefined;
  return `the watchdog (process ${taken.heldBy.pid}) was killed, and a command that it had started is still running`;
}

function describe({ holder, services, pid }: Lease): string {
  const what = services.includes("*") ? "all services" : services.join(", ");
  const who = holder === WATCHDOG ? "the watchdog, which restarts it," : holder;
  return `${what}: held by ${who} (process ${pid ?? "none"})`;
}

function refused(obstacle: string): SoloflowError {
  return new SoloflowError("held", obstacle, {
    hint: "soloflow-agent status shows what is being done; try again when it has ended",
    exitCode: EXIT.locked,
  });
}
