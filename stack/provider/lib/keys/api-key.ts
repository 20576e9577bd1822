import { createHmac } from "node:crypto";
import type { VersionedSecret } from "../config/versioned-secrets.ts";
import { type RandomBytes, randomBase62 } from "./base62.ts";

export type KeyMode = "test" | "live";

export type NewApiKey = {
  /** The whole key, shown to its owner once and kept nowhere. */
  readonly key: string;
  readonly keyId: string;
  readonly hash: Buffer;
  readonly pepperVersion: number;
};

/** 62^12 handles: two of a billion keys meet with a chance of 1 in 6,400, and the column is unique. */
const KEY_ID_LENGTH = 12;
/** 190 bits: no list of all keys can be tried. */
const SECRET_LENGTH = 32;

/** The part of a key that people see in lists and that a gateway looks it up by. */
export function keyPrefix(mode: KeyMode, keyId: string): string {
  return `sk_${mode}_${keyId}`;
}

/**
 * HMAC-SHA256 of the whole key, 32 bytes. The pepper is used as the text it
 * stands as, in UTF-8, not decoded: gateway and provider must agree on this.
 */
export function hashKey(key: string, pepper: string): Buffer {
  return createHmac("sha256", pepper).update(key).digest();
}

/** Makes a key `sk_<mode>_<12 characters><32 characters>`, hashed with the pepper that issues. */
export function makeApiKey(mode: KeyMode, pepper: VersionedSecret, randomBytes: RandomBytes): NewApiKey {
  const keyId = randomBase62(KEY_ID_LENGTH, randomBytes);
  const key = keyPrefix(mode, keyId) + randomBase62(SECRET_LENGTH, randomBytes);
  return { key, keyId, hash: hashKey(key, pepper.value), pepperVersion: pepper.version };
}
