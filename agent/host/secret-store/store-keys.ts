import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../core/secret.ts";

/** Keys that only the holder of the machine's identity can compute; each has one use. */
export type StoreKeys = {
  /** HMAC-SHA256 in hexadecimal of what the store writes: age does not say who wrote. */
  mac(text: string): string;
  /** 12 hexadecimal digits that change with the value, tell nothing about it, and differ between machines. */
  fingerprint(name: string, value: string): string;
  /** What `fingerprint` is made with, hexadecimal. */
  fingerprintKey: string;
  /** Whether `mac` is this text's, in constant time; while the key is exchanged, by the new key or the old one. */
  verify(text: string, mac: unknown): boolean;
};

const FINGERPRINT_DIGITS = 12;

/** `former`: of the key that this one has just taken the place of. */
export function storeKeys(identity: Secret, former?: StoreKeys): StoreKeys {
  const macKey = derive(identity, "soloflow secret store: mac");
  const mac = (text: string) => hmac(macKey, text);
  return {
    mac,
    ...fingerprints(derive(identity, "soloflow secret store: fingerprint")),
    verify: (text, given) =>
      (typeof given === "string" && equal(mac(text), given)) || former?.verify(text, given) === true,
  };
}

/**
 * The same keys with the fingerprints of a store that was sealed to another key before: containers name them, and would
 * all be made anew.
 */
export function withFingerprintKey(keys: StoreKeys, hex: string | undefined): StoreKeys {
  return hex === undefined ? keys : { ...keys, ...fingerprints(Buffer.from(hex, "hex")) };
}

function fingerprints(key: Uint8Array): Pick<StoreKeys, "fingerprint" | "fingerprintKey"> {
  return {
    fingerprint: (name, value) => hmac(key, JSON.stringify([name, value])).slice(0, FINGERPRINT_DIGITS),
    fingerprintKey: Buffer.from(key).toString("hex"),
  };
}

function derive(identity: Secret, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", identity.reveal(), "", purpose, 32));
}

function hmac(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
