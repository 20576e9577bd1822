import type { Progress } from "../core/progress.ts";
import type { Host } from "../host/host.ts";
import { ALL_SERVICES, type Lease } from "../host/store/leases.ts";
import { openStore } from "../host/store/open-store.ts";
import { worksOn } from "../host/works-on.ts";
import { deployedUnits } from "./instances.ts";
import type { KnownProject } from "./known-project.ts";
import { WATCHDOG } from "./lease.ts";

/** How a person is called who holds a service. */
export const OPERATOR = "an operator";
/** A restart that the watchdog has begun is let to its end first. */
const WAIT_MS = 60_000;
const RETRY_MS = 100;

export type Pause = { service: string | null; until: number | null };

/**
 * Keeps the watchdog's hands off a service (of all, for undefined) until `resume`, or for so long. A deploy does not
 * ask about it. Errors: SoloflowError "usage" (exit 2) for an unknown service, and before the first deploy.
 */
export async function pause(
  host: Pick<Host, "files" | "clock">,
  project: KnownProject,
  { service, forMs, progress, signal }: PauseWish & { progress: Progress; signal: AbortSignal },
): Promise<Pause> {
  await deployedUnits(host, project, service === undefined ? [] : [service]);
  using store = openStore(project.paths.database);
  const services = [service ?? ALL_SERVICES];
  const isAlive = worksOn(project.paths.lock);
  const deadline = host.clock.monotonic() + WAIT_MS;
  const isWatchdogs = ({ holder }: Lease) => holder === WATCHDOG && host.clock.monotonic() < deadline;
  for (let said = false; ; said = true) {
    const at = host.clock.now();
    const until = forMs === undefined ? undefined : at + forMs;
    const beside = (lease: Lease) => !isWatchdogs(lease);
    const taken = store.leases.take({ services, holder: OPERATOR, untilMs: until, at, beside }, isAlive);
    if ("id" in taken) {
      for (const old of operatorLeases(store.leases.list(at, isAlive), service))
        if (old.id !== taken.id) store.leases.release(old.id);
      return { service: service ?? null, until: until ?? null };
    }
    if (!said) progress.say("waiting for the watchdog to end a restart");
    await host.clock.sleep(RETRY_MS, signal);
    if (signal.aborted) throw signal.reason;
  }
}

type PauseWish = { service: string | undefined; forMs: number | undefined };

/** A person's leases on exactly this service, or for undefined all of a person's. */
export function operatorLeases(leases: readonly Lease[], service: string | undefined): Lease[] {
  const own = leases.filter(({ holder, pid }) => holder === OPERATOR && pid === undefined);
  return service === undefined ? own : own.filter(({ services }) => services.join() === service);
}
