import type { PepperList } from "../config/pepper-list.ts";
import { describeError, type Log } from "../core/log.ts";
import { hashKey } from "./hash-key.ts";
import type { Hashed, KeyRow } from "./key-store.ts";

export type RehashOptions = {
  readonly peppers: PepperList;
  /** Ms that a key on a newer pepper is left there; longer than a rollout, so that a gateway that goes has ended. */
  readonly backAfterMs: number;
  readonly rehash: (row: KeyRow, to: Hashed) => Promise<boolean>;
  /** Called when a row is no longer what it was, by this or by another hand. */
  readonly onChanged: (keyId: string) => void;
  readonly log: Log;
  readonly now: () => number;
};

/** The rest waits for its next use: after a new pepper every key comes at once. */
const MAX_IN_FLIGHT = 4;

/** After a failure, in ms. */
const PAUSE_MS = 5000;

/**
 * Moves a key that was just found good to the pepper that issues, whatever its
 * number: only so can any other be retired. From an older version at once. From
 * a newer one only by a gateway that still serves `backAfterMs` after it met the
 * first such key: until then another one may be ahead of it, and of two that
 * disagree only one moves, so that no key goes to and fro. After that the newer
 * one was taken back. It answers at once, works one key at a time once, and
 * fails without a trace but a line of log, since the next use tries again.
 */
export function createRehashOnUse(options: RehashOptions): (row: KeyRow, key: string) => void {
  const { peppers, backAfterMs, rehash, onChanged, log, now } = options;
  const { issuing } = peppers;
  const inFlight = new Set<string>();
  let notBefore = Number.NEGATIVE_INFINITY;
  let behindSince: number | undefined;

  /** Whether whoever made the row's hash may be ahead of this gateway. */
  function mayBeBehind(row: KeyRow): boolean {
    if (row.pepperVersion < issuing.version) return false;
    behindSince ??= now();
    return now() - behindSince < backAfterMs;
  }

  async function move(row: KeyRow, to: Hashed): Promise<void> {
    try {
      await rehash(row, to);
      onChanged(row.keyId);
    } catch (error) {
      notBefore = now() + PAUSE_MS;
      log("warn", "a key was not rehashed", { keyId: row.keyId, cause: describeError(error) });
    } finally {
      inFlight.delete(row.keyId);
    }
  }

  return (row, key) => {
    if (row.pepperVersion === issuing.version || mayBeBehind(row) || inFlight.has(row.keyId)) return;
    if (inFlight.size >= MAX_IN_FLIGHT || now() < notBefore) return;
    inFlight.add(row.keyId);
    void move(row, { hash: hashKey(key, issuing.value), pepperVersion: issuing.version });
  };
}
