import type { Container } from "../../core/container.ts";
import type { Clock } from "../../host/clock.ts";
import { startOf } from "../../plan/watchdog/container-facts.ts";
import type { LifeRecord } from "../../plan/watchdog/records.ts";

/** A clock that never goes back, whatever happens to the machine's own. Milliseconds, whole. */
export type SteadyClock = {
  at(): number;
  /** A time of the machine's clock, which may have been set since, as one of this. */
  ofWall(wallMs: number): number;
};

/** Less than this between the two is drift, not a clock that was set. */
const DRIFT_MS = 1_000;

/** Goes on from `base`, by the monotonic clock, which was at `origin` then. */
export function steadyClock(
  clock: Pick<Clock, "now" | "monotonic">,
  base: number,
  origin = clock.monotonic(),
): SteadyClock {
  const at = () => Math.round(base + clock.monotonic() - origin);
  return {
    at,
    ofWall(wallMs) {
      const offset = at() - clock.now();
      return Math.round(wallMs + (Math.abs(offset) < DRIFT_MS ? 0 : offset));
    },
  };
}

/**
 * When a life of a container began, on the steady clock: converted once, at its first sight, so that a clock that is
 * set later makes no other life of it. `seen`: the lives that an agent before this one saw.
 */
export function lifeClock(
  steady: Pick<SteadyClock, "ofWall">,
  seen: Iterable<Pick<LifeRecord, "container" | "startedAt" | "wall">> = [],
): (container: Pick<Container, "id" | "startedAt">) => number | undefined {
  const known = new Map<string, { wall: string | undefined; began: number }>();
  for (const { container, startedAt, wall } of seen) known.set(container, { wall, began: startedAt });
  return ({ id, startedAt }) => {
    const ms = startOf({ startedAt });
    if (ms === undefined || startedAt === undefined) return undefined;
    const found = known.get(id);
    if (found?.wall === startedAt) return found.began;
    const began = steady.ofWall(ms);
    known.set(id, { wall: startedAt, began });
    return began;
  };
}
