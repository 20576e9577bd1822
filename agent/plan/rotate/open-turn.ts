import { openWindow, type Zone } from "./window.ts";

/*
 * What a watchdog asks itself every minute, and all of the schedule that it has in memory; whoever looks closer loads
 * schedule.ts.
 */

/** What the last deploy left for the schedule: it knows no soloflow.toml and opens no secret to see whether it is time. */
export type RotationSchedule = {
  /** `[rotation] between`, "03:00-05:00". */
  between?: string;
  /** Whether any secret has `every`. */
  every: boolean;
};

/** Where soloflow.toml does not say. */
const BETWEEN = "03:00-05:00";

/**
 * The window that is open at `now`, where its turn was not taken yet. `lastAt`: when one was taken last; a time that has
 * yet to come was written by a clock that has been put back since.
 */
export function openTurn(
  schedule: RotationSchedule | undefined,
  lastAt: number | undefined,
  now: number,
  zone: Zone,
): { opensAt: number; closesAt: number } | undefined {
  const window = openWindow(schedule?.between ?? BETWEEN, now, zone);
  if (window === undefined || lastAt === undefined) return window;
  return lastAt >= window.opensAt && lastAt <= now ? undefined : window;
}
