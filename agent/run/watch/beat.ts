/** What is done again and again begins on whole seconds, milliseconds. */
const BEAT_MS = 1_000;
/** A timer may come this much too early. */
const EARLY_MS = 5;

/**
 * The last beat of the monotonic clock that is not after `dueAt`: what is due in the same second shares one waking, and
 * none of it comes later than it should. (A process that wakes has to fetch itself back into the processor's caches,
 * which costs more than most of what it then does.)
 */
export function onBeat(dueAt: number): number {
  return Math.floor((dueAt + EARLY_MS) / BEAT_MS) * BEAT_MS;
}
