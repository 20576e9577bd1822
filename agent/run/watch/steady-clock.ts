import type { Container } from "../../core/container.ts";
import type { Clock } from "../../host/clock.ts";
import { startOf } from "../../plan/watchdog/container-facts.ts";

/** A clock that never goes back, whatever happens to the machine's own. Milliseconds, whole. */
export type SteadyClock = {
  at(): number;
  /** A time of the machine's clock, which may have been set since, as one of this. */
  ofWall(wallMs: number): number;
};

/** Less than this between the two is drift, not a clock that was set. */
const DRIFT_MS = 1_000;

/** Starts at the machine's time, or at the last that was stored where that is later; goes on by the monotonic clock. */
export function steadyClock(
  clock: Pick<Clock, "now" | "monotonic">,
  lastStored: number | undefined,
): SteadyClock {
  const base = Math.max(clock.now(), lastStored ?? 0);
  const origin = clock.monotonic();
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
 * set later makes no other life of it.
 */
export function lifeClock(
  steady: SteadyClock,
): (container: Pick<Container, "id" | "startedAt">) => number | undefined {
  const known = new Map<string, { startedAt: string; began: number }>();
  return ({ id, startedAt }) => {
    const wall = startOf({ startedAt });
    if (wall === undefined || startedAt === undefined) return undefined;
    const found = known.get(id);
    if (found?.startedAt === startedAt) return found.began;
    const began = steady.ofWall(wall);
    known.set(id, { startedAt, began });
    return began;
  };
}
