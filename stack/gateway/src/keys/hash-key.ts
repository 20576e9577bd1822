import { timingSafeEqual } from "node:crypto";

/**
 * HMAC-SHA256 of the whole key, 32 bytes. The pepper is used as the text it
 * stands as, in UTF-8, not decoded: gateway and provider must agree on this.
 */
export function hashKey(key: string, pepper: string): Buffer {
  return new Bun.CryptoHasher("sha256", pepper).update(key).digest();
}

/** Takes the same time wherever two hashes differ; hashes of different lengths are never the same. */
export function sameHash(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
