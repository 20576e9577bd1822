/** As the watchdog's own deadline for a start: a slow day is no fault yet. */
const FACTOR = 3;
const STEP_MS = 5_000;
/** Fewer starts than these are no history. */
const ENOUGH = 3;

/**
 * A `start_period` for the health check in the compose file: three times what nearly all starts took, in whole 5 s.
 * Within it failed checks count for nothing and the first good one ends it, so that too long costs little and too
 * short a false alarm. Undefined while there are too few starts to tell.
 */
export function proposedStartPeriodMs({
  count,
  p95Ms,
}: {
  count: number;
  p95Ms: number;
}): number | undefined {
  if (count < ENOUGH) return undefined;
  return Math.max(1, Math.ceil((FACTOR * p95Ms) / STEP_MS)) * STEP_MS;
}
