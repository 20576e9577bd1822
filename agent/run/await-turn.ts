import type { SoloflowError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { Clock } from "../host/clock.ts";

/** Somebody has it now. */
export type InTheWay = {
  /** So long after the first attempt it is given up, milliseconds. */
  waitMs: number;
  /** Said once while it is waited for; undefined where that is a matter of a moment. */
  waiting: string | undefined;
  /** Why it is given up. */
  refusal: SoloflowError;
};

/** A look at a lock, by taking it, lasts less: what is free after it was waited for by nobody. */
export const GLANCE_MS = 20;
const RETRY_MS = 100;

/**
 * Tries until it has its turn. Nothing is said of what is over within a glance.
 * Errors: the refusal of whoever is in the way when the time is over, or at the signal.
 */
export async function awaitTurn<T>(
  clock: Clock,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
  attempt: () => Promise<{ taken: T } | InTheWay>,
): Promise<T> {
  const since = clock.monotonic();
  let said = false;
  for (let tries = 0; ; tries += 1) {
    const outcome = await attempt();
    if ("taken" in outcome) return outcome.taken;
    const { waitMs, waiting, refusal } = outcome;
    const leftMs = waitMs - (clock.monotonic() - since);
    if (signal.aborted || leftMs <= 0) throw refusal;
    if (tries > 0 && waiting !== undefined && !said) {
      progress.say(waiting);
      said = true;
    }
    await clock.sleep(Math.min(tries === 0 ? GLANCE_MS : RETRY_MS, leftMs), signal);
  }
}
