import type { Clock } from "../../host/clock.ts";
import { onBeat } from "./beat.ts";

/** How often time itself is an event: deadlines, backoffs and open circuits are looked at so often. */
const EVERY_MS = 1_000;

/** Calls `tick` every second until the signal, with how much later it came than it should have. */
export async function pulse(
  clock: Pick<Clock, "monotonic" | "sleep">,
  signal: AbortSignal,
  tick: (lateMs: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    const now = clock.monotonic();
    const due = onBeat(now + EVERY_MS);
    await clock.sleep(due - now, signal);
    if (!signal.aborted) tick(Math.max(0, clock.monotonic() - due));
  }
}
