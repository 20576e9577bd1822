import { describe, expect, test } from "bun:test";
import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { hashKey, keyPrefix, makeApiKey } from "../../../stack/provider/lib/keys/api-key.ts";
import { randomBase62 } from "../../../stack/provider/lib/keys/base62.ts";

const PEPPER = { version: 3, value: "a pepper" };

describe("an API key", () => {
  test("has its mode, twelve characters of handle and thirty-two of secret", () => {
    for (const mode of ["test", "live"] as const) {
      const made = makeApiKey(mode, PEPPER, randomBytes);
      expect(made.key).toMatch(new RegExp(`^sk_${mode}_[0-9A-Za-z]{44}$`));
      expect(made.key.startsWith(keyPrefix(mode, made.keyId))).toBe(true);
      expect(made.keyId).toHaveLength(12);
    }
  });

  test("is hashed as a whole with the pepper that issues, and says which", () => {
    const made = makeApiKey("live", PEPPER, randomBytes);
    const expected = createHmac("sha256", "a pepper").update(made.key, "utf8").digest();
    expect(made.hash.equals(expected)).toBe(true);
    expect(made.hash).toHaveLength(32);
    expect(made.pepperVersion).toBe(3);
  });

  test("the hash is HMAC-SHA256 of the text, by a value computed elsewhere", () => {
    // printf sk_test_x | openssl dgst -sha256 -hmac pepper
    expect(hashKey("sk_test_x", "pepper").toString("hex")).toBe(
      "9d869dea31b2ce48a4a63662c9219f4ec0364570b3b8543d81b1ce0300009b25",
    );
  });

  test("two keys are never the same", () => {
    const keys = new Set(Array.from({ length: 2_000 }, () => makeApiKey("test", PEPPER, randomBytes).keyId));
    expect(keys.size).toBe(2_000);
  });
});

describe("base62", () => {
  test("has the wanted length from any bytes that are not all unfair", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 247 }), (length, byte) => {
        expect(randomBase62(length, (size) => new Uint8Array(size).fill(byte))).toHaveLength(length);
      }),
    );
  });

  test("bytes that would favour a character are thrown away", () => {
    const bytes = [Uint8Array.from([255, 248, 0, 61]), Uint8Array.from([247, 250, 62, 10])];
    expect(randomBase62(4, () => bytes.shift() ?? new Uint8Array(8))).toBe("0zz0");
  });

  test("each character is as likely as any other", () => {
    const counts = new Map<string, number>();
    for (const character of randomBase62(62_000, randomBytes)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // 1000 each with a deviation of 31: seven of those is a chance of 1 in 10^10 for all 62 together.
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(220);
  });
});
