const FIRST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;
const JITTER = 0.2;
const GIVEN_UP_MS = 24 * 3_600_000;

/**
 * When a message whose try number `tries` (1 is the first) has just failed is tried again: after 1, 2, 4, … s and at
 * most 15 min, ±20 % so that many agents do not come back together; not before `retryAfterMs`, where the receiver
 * named one (believed up to 15 min). Undefined after a day: nobody is helped by it any more. `random` from 0 up to 1.
 */
export function nextTry(
  attempt: { queuedAt: number; tries: number; retryAfterMs?: number | undefined },
  now: number,
  random: number,
): number | undefined {
  const { queuedAt, tries, retryAfterMs = 0 } = attempt;
  // A clock that was put back does not make an old message young: it counts from then on by its tries.
  if (now - queuedAt >= GIVEN_UP_MS || tries >= MOST_TRIES) return undefined;
  const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20));
  const jittered = backoff * (1 - JITTER + 2 * JITTER * random);
  return now + Math.round(Math.max(jittered, Math.min(retryAfterMs, LONGEST_MS)));
}

/** More than fit into a day: the doubling tries, then one each 15 min less the jitter. */
const MOST_TRIES = 11 + Math.ceil(GIVEN_UP_MS / (LONGEST_MS * (1 - JITTER)));

/**
 * Whether a message planned for `nextAt` is to be sent. A time that lies further off than any plan reaches was
 * written before the clock was put back: it is due at once.
 */
export function isDue(nextAt: number, now: number): boolean {
  return nextAt <= now || nextAt - now > GIVEN_UP_MS + 2 * 3_600_000;
}
