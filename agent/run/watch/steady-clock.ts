import type { Clock } from "../../host/clock.ts";

/** A clock that never goes back, whatever happens to the machine's own. Milliseconds, whole. */
export type SteadyClock = {
  at(): number;
  /** A time of the machine's clock, which may have been set since, as one of this. */
  ofWall(wallMs: number): number;
};

/** Less than this between the two is drift, not a clock that was set. */
const DRIFT_MS = 1_000;

/** Starts at the machine's time, or at the last that was stored where that is later; goes on by the monotonic clock. */
export function steadyClock(clock: Pick<Clock, "now" | "monotonic">, lastStored: number | undefined): SteadyClock {
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
