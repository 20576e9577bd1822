import { LruMap } from "../core/lru-map.ts";
import type { KeyRow } from "./key-store.ts";

/**
 * How long a row is trusted, counted from before it was asked for, in ms: with
 * this a key that was revoked a second ago is refused, however slow the database.
 */
export const KEY_TTL_MS = 900;

/** How long "there is no such key" is trusted, in ms: a key that was just made works at once. */
export const ABSENT_TTL_MS = 250;

export type KeyCacheOptions = {
  readonly load: (keyId: string) => Promise<KeyRow | undefined>;
  /** Ms of any clock that never goes back. */
  readonly now: () => number;
  /** Of rows and of absences, each: invented keys can only drive out each other. */
  readonly maxEntries: number;
};

export type KeyCache = {
  /** The row as it was at most KEY_TTL_MS ago; callers of the same time share one look-up. */
  get(keyId: string): Promise<KeyRow | undefined>;
  /** The next `get` asks the database. */
  forget(keyId: string): void;
  /** Rows, absences and look-ups under way. */
  size(): number;
};

type Entry<T> = { readonly value: T; readonly askedAt: number };

export function createKeyCache({ load, now, maxEntries }: KeyCacheOptions): KeyCache {
  const rows = new LruMap<string, Entry<KeyRow>>(maxEntries);
  const absences = new LruMap<string, Entry<undefined>>(maxEntries);
  const loads = new Map<string, Entry<Promise<KeyRow | undefined>>>();

  async function look(keyId: string, askedAt: number): Promise<KeyRow | undefined> {
    try {
      const row = await load(keyId);
      if (row === undefined) absences.set(keyId, { value: undefined, askedAt });
      else rows.set(keyId, { value: row, askedAt });
      return row;
    } finally {
      if (loads.get(keyId)?.askedAt === askedAt) loads.delete(keyId);
    }
  }

  function get(keyId: string): Promise<KeyRow | undefined> {
    const askedAt = now();
    const row = rows.get(keyId);
    if (row && askedAt - row.askedAt < KEY_TTL_MS) return Promise.resolve(row.value);
    const absence = absences.get(keyId);
    if (absence && askedAt - absence.askedAt < ABSENT_TTL_MS) return Promise.resolve(undefined);
    const running = loads.get(keyId);
    if (running && askedAt - running.askedAt < KEY_TTL_MS) return running.value;
    const value = look(keyId, askedAt);
    loads.set(keyId, { value, askedAt });
    return value;
  }

  return {
    get,
    forget: (keyId) => {
      rows.delete(keyId);
      absences.delete(keyId);
      loads.delete(keyId);
    },
    size: () => rows.size + absences.size + loads.size,
  };
}
