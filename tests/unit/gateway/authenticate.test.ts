import { describe, expect, test } from "bun:test";
import { createAuthenticate } from "../../../stack/gateway/src/keys/authenticate.ts";
import { hashKey, sameHash } from "../../../stack/gateway/src/keys/hash-key.ts";
import type { KeyRow } from "../../../stack/gateway/src/keys/key-store.ts";
import { hashKey as hashOfProvider } from "../../../stack/provider/lib/keys/api-key.ts";

const PEPPER = { version: 1, value: "the-first-pepper" };
const KEY = `sk_live_${"k".repeat(12)}${"s".repeat(32)}`;

function world(stored: Partial<KeyRow> = {}) {
  const asked: string[] = [];
  const used: string[] = [];
  const row = {
    id: "1",
    keyId: "k".repeat(12),
    userId: "u",
    hash: hashKey(KEY, PEPPER.value),
    pepperVersion: 1,
  };
  const authenticate = createAuthenticate({
    find: async (keyId) => {
      asked.push(keyId);
      return keyId === row.keyId ? { ...row, ...stored } : undefined;
    },
    peppers: { issuing: PEPPER, byVersion: new Map([[1, PEPPER]]) },
    onUse: ({ keyId }) => void used.push(keyId),
    log: () => {},
  });
  return { authenticate, asked, used };
}

describe("a key", () => {
  test("that is good is accepted and counted as used", async () => {
    const { authenticate, used } = world();
    expect(await authenticate(KEY)).toMatchObject({ kind: "accepted", row: { userId: "u" } });
    expect(used).toHaveLength(1);
  });

  test.each([
    ["is missing", null],
    ["is empty", ""],
  ])("that %s is missing", async (_, header) => {
    expect(await world().authenticate(header)).toEqual({ kind: "refused", because: "missing" });
  });

  test("that cannot be one costs no look-up", async () => {
    const { authenticate, asked } = world();
    for (const header of ["x", `${KEY}x`, ` ${KEY}`, KEY.slice(0, -1), KEY.replace("live", "prod")]) {
      expect(await authenticate(header)).toEqual({ kind: "refused", because: "invalid" });
    }
    expect(asked).toEqual([]);
  });

  test("that is forged, or whose mode was changed, is refused and not counted as used", async () => {
    const { authenticate, used } = world();
    for (const header of [`${KEY.slice(0, -1)}x`, KEY.replace("live", "test")]) {
      expect(await authenticate(header)).toEqual({ kind: "refused", because: "invalid" });
    }
    expect(used).toEqual([]);
  });

  test("whose stored hash has another length is refused, not thrown at", async () => {
    const { authenticate } = world({ hash: new Uint8Array(16) });
    expect(await authenticate(KEY)).toEqual({ kind: "refused", because: "invalid" });
  });
});

test("gateway and provider make the same hash of the same key", () => {
  expect(sameHash(hashKey(KEY, PEPPER.value), hashOfProvider(KEY, PEPPER.value))).toBe(true);
  // printf sk_test_x | openssl dgst -sha256 -hmac pepper
  const elsewhere = "9d869dea31b2ce48a4a63662c9219f4ec0364570b3b8543d81b1ce0300009b25";
  expect(hashKey("sk_test_x", "pepper").toString("hex")).toBe(elsewhere);
});
