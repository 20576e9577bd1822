import type { PepperList } from "../config/pepper-list.ts";
import type { Log } from "../core/log.ts";
import { LruMap } from "../core/lru-map.ts";
import { hashKey, sameHash } from "./hash-key.ts";
import { parseKey } from "./key-format.ts";
import type { KeyRow } from "./key-store.ts";

export type Verdict =
  | { readonly kind: "accepted"; readonly row: KeyRow }
  | { readonly kind: "refused"; readonly because: "missing" | "invalid" };

export type AuthenticateOptions = {
  readonly find: (keyId: string) => Promise<KeyRow | undefined>;
  readonly peppers: PepperList;
  /** Called for every accepted key, with the key itself; returns at once and never throws. */
  readonly onUse: (row: KeyRow, key: string) => void;
  readonly log: Log;
};

/** Keys on a pepper that is not here: named once each, as long as there are not more than this. */
const MAX_REMEMBERED_STRANGERS = 1000;

const INVALID: Verdict = { kind: "refused", because: "invalid" };

/**
 * Checks what came in the X-API-Key header. A wrong, revoked and never issued
 * key are refused alike. Rejects with DatabaseAway when nobody can tell.
 */
export function createAuthenticate(
  options: AuthenticateOptions,
): (header: string | null) => Promise<Verdict> {
  const { find, peppers, onUse, log } = options;
  const strangers = new LruMap<string, true>(MAX_REMEMBERED_STRANGERS);

  function nameStranger({ keyId, pepperVersion }: KeyRow): void {
    if (strangers.get(keyId)) return;
    strangers.set(keyId, true);
    log("error", "a key stands on a pepper that is not in API_KEY_PEPPER", { keyId, pepperVersion });
  }

  return async (header) => {
    if (!header) return { kind: "refused", because: "missing" };
    const parsed = parseKey(header);
    const row = parsed && (await find(parsed.keyId));
    if (!row) return INVALID;
    const pepper = peppers.byVersion.get(row.pepperVersion);
    if (!pepper) {
      nameStranger(row);
      return INVALID;
    }
    if (!sameHash(hashKey(header, pepper.value), row.hash)) return INVALID;
    onUse(row, header);
    return { kind: "accepted", row };
  };
}
