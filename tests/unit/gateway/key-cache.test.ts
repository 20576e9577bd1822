import { describe, expect, test } from "bun:test";
import { createKeyCache, KEY_TTL_MS } from "../../../stack/gateway/src/keys/key-cache.ts";
import type { KeyRow } from "../../../stack/gateway/src/keys/key-store.ts";

const row = (keyId: string): KeyRow => ({
  id: keyId,
  keyId,
  userId: "u",
  hash: new Uint8Array(32),
  pepperVersion: 1,
});

function world(load: (keyId: string) => Promise<KeyRow | undefined>) {
  const clock = { ms: 0 };
  const asked: string[] = [];
  const cache = createKeyCache({
    load: (keyId) => {
      asked.push(keyId);
      return load(keyId);
    },
    now: () => clock.ms,
    maxEntries: 10,
  });
  return { cache, clock, asked };
}

describe("the key cache", () => {
  test("asks once for all who come while it asks, and for none after that", async () => {
    const { cache, asked } = world(async (keyId) => row(keyId));
    await Promise.all([cache.get("a"), cache.get("a"), cache.get("a")]);
    await cache.get("a");
    expect(asked).toEqual(["a"]);
  });

  test("counts a row's age from before it was asked for", async () => {
    const slow = Promise.withResolvers<KeyRow>();
    const { cache, clock, asked } = world(() => slow.promise);
    const first = cache.get("a");
    clock.ms = KEY_TTL_MS - 1;
    slow.resolve(row("a"));
    await first;
    await cache.get("a");
    expect(asked).toHaveLength(1);
    clock.ms = KEY_TTL_MS;
    await cache.get("a");
    expect(asked).toHaveLength(2);
  });

  test("does not let anybody join a look-up that began too long ago", () => {
    const { cache, clock, asked } = world(() => new Promise(() => {}));
    void cache.get("a");
    clock.ms = KEY_TTL_MS;
    void cache.get("a");
    expect(asked).toHaveLength(2);
  });

  test("remembers no failure", async () => {
    let fail = true;
    const { cache } = world(async (keyId) => {
      if (fail) throw new Error("away");
      return row(keyId);
    });
    await expect(cache.get("a")).rejects.toThrow("away");
    fail = false;
    expect(await cache.get("a")).toMatchObject({ keyId: "a" });
    expect(cache.size()).toBe(1);
  });

  test("is bounded, and what is invented drives out no row", async () => {
    const { cache, asked } = world(async (keyId) => (keyId === "good" ? row(keyId) : undefined));
    await cache.get("good");
    for (let index = 0; index < 1000; index += 1) await cache.get(`invented-${index}`);
    expect(cache.size()).toBe(11);
    await cache.get("good");
    expect(asked.filter((keyId) => keyId === "good")).toHaveLength(1);
  });

  test("asks again for what it was told to forget", async () => {
    const { cache, asked } = world(async (keyId) => row(keyId));
    await cache.get("a");
    cache.forget("a");
    await cache.get("a");
    expect(asked).toHaveLength(2);
  });
});
