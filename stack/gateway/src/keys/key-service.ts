import type { PepperList } from "../config/pepper-list.ts";
import type { Log } from "../core/log.ts";
import { createAuthenticate, type Verdict } from "./authenticate.ts";
import { createKeyCache } from "./key-cache.ts";
import type { KeyStore } from "./key-store.ts";
import { createRehashOnUse } from "./rehash-on-use.ts";
import { createUseNotes, type UseNotes } from "./use-notes.ts";

export type KeyService = {
  readonly authenticate: (header: string | null) => Promise<Verdict>;
  readonly useNotes: UseNotes;
};

/** About 500 bytes each: 5 MB when all of them are in use within a second. */
const MAX_CACHED_KEYS = 10_000;

/** Everything that happens to a key on its way in, put together. */
export function createKeyService(
  store: KeyStore,
  { peppers, backAfterMs }: { peppers: PepperList; backAfterMs: number },
  log: Log,
  now: () => number,
): KeyService {
  const cache = createKeyCache({ load: store.find, now, maxEntries: MAX_CACHED_KEYS });
  const useNotes = createUseNotes({ write: store.touch, log });
  const rehashOnUse = createRehashOnUse({
    ...{ peppers, backAfterMs, rehash: store.rehash, onChanged: cache.forget, log, now },
  });
  const authenticate = createAuthenticate({
    find: cache.get,
    peppers,
    log,
    onUse: (row, key) => {
      useNotes.note(row.id, new Date());
      rehashOnUse(row, key);
    },
  });
  return { authenticate, useNotes };
}
