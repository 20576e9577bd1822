import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createLineBudget } from "../../../stack/gateway/src/core/line-budget.ts";
import { createLog } from "../../../stack/gateway/src/core/log.ts";
import { LruMap } from "../../../stack/gateway/src/core/lru-map.ts";
import { createKeyCache, KEY_TTL_MS } from "../../../stack/gateway/src/keys/key-cache.ts";
import { parseKey } from "../../../stack/gateway/src/keys/key-format.ts";
import type { KeyRow } from "../../../stack/gateway/src/keys/key-store.ts";
import { type Bucket, takeToken } from "../../../stack/gateway/src/keys/rate-limit.ts";

describe("the cache of keys", () => {
  /** What happens, in order: time passes, a key is asked for, an answer comes in, or it is revoked. */
  const event = fc.oneof(
    fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 600 }) }),
    fc.record({ do: fc.constant("ask" as const) }),
    fc.record({ do: fc.constant("answer" as const), index: fc.nat(5) }),
    fc.record({ do: fc.constant("forget" as const) }),
  );

  test("never passes on a row that is older than its time, in whatever order things happen", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const clock = { ms: 0 };
        // Each look-up reads the row at once and answers later: its pepperVersion is the time at which it was read.
        const open: (() => void)[] = [];
        const load = () => {
          const readAt = clock.ms;
          const { promise, resolve } = Promise.withResolvers<KeyRow>();
          const hash = new Uint8Array(32);
          open.push(() => resolve({ id: "1", keyId: "a", userId: "u", hash, pepperVersion: readAt }));
          return promise;
        };
        const cache = createKeyCache({ load, now: () => clock.ms, maxEntries: 4 });
        const asks: Promise<void>[] = [];
        const ask = () => {
          const askedAt = clock.ms;
          asks.push(
            cache.get("a").then((row) => {
              expect(askedAt - (row?.pepperVersion ?? 0)).toBeLessThan(KEY_TTL_MS);
            }),
          );
        };
        for (const happening of events) {
          if (happening.do === "wait") clock.ms += happening.ms;
          else if (happening.do === "ask") ask();
          else if (happening.do === "forget") cache.forget("a");
          else open.splice(happening.index % Math.max(open.length, 1), 1)[0]?.();
          await Promise.resolve();
          await Promise.resolve();
        }
        for (const settle of open) settle();
        await Promise.all(asks);
        expect(cache.size()).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe("a bucket of tokens", () => {
  const limit = fc.record({
    perSecond: fc.integer({ min: 1, max: 1000 }),
    burst: fc.integer({ min: 1, max: 1000 }),
  });
  const pauses = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 100 });

  test("lets no more pass than its burst and what fell in meanwhile, and no fewer", () => {
    fc.assert(
      fc.property(limit, pauses, (rate, times) => {
        let bucket: Bucket | undefined;
        let now = 0;
        let passed = 0;
        let refused = 0;
        for (const pause of times) {
          now += pause;
          const taken = takeToken(rate, bucket, now);
          bucket = taken.bucket;
          if (taken.verdict.allowed) passed += 1;
          else refused += 1;
          expect(bucket.tokens).toBeGreaterThanOrEqual(0);
          expect(bucket.tokens).toBeLessThanOrEqual(rate.burst);
          expect(passed).toBeLessThanOrEqual(rate.burst + (now * rate.perSecond) / 1000 + 1e-6);
        }
        if (refused > 0) expect(passed).toBeGreaterThanOrEqual(Math.min(rate.burst, times.length));
      }),
    );
  });

  test("tells a wait after which the next one passes", () => {
    fc.assert(
      fc.property(limit, fc.integer({ min: 0, max: 2000 }), (rate, count) => {
        let bucket: Bucket | undefined;
        for (let taken = 0; taken <= count; taken += 1) {
          const { bucket: after, verdict } = takeToken(rate, bucket, 0);
          bucket = after;
          if (verdict.allowed) continue;
          expect(verdict.retryAfterSeconds).toBeGreaterThanOrEqual(1);
          expect(takeToken(rate, bucket, verdict.retryAfterSeconds * 1000).verdict.allowed).toBe(true);
          return;
        }
      }),
    );
  });
});

describe("bounded memory", () => {
  test("holds the entries that were used last, and no more", () => {
    const uses = fc.array(fc.tuple(fc.constantFrom("get", "set", "delete"), fc.nat(12)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), uses, (max, steps) => {
        const map = new LruMap<number, number>(max);
        let model: number[] = [];
        for (const [what, key] of steps) {
          const known = model.includes(key);
          if (what === "get") expect(map.get(key)).toBe(known ? key : undefined);
          if (what === "set") map.set(key, key);
          if (what === "delete") map.delete(key);
          model = model.filter((other) => other !== key);
          if (what === "set" || (what === "get" && known)) model = [...model, key].slice(-max);
          expect(map.size).toBe(model.length);
        }
      }),
    );
  });
});

describe("a log", () => {
  test("gets no more than its lines a second, and misses none in its counts", () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), pauses, (perSecond, times) => {
        let now = 0;
        const budget = createLineBudget(perSecond, () => now);
        const lines = new Map<number, number>();
        let accounted = 0;
        let since = 0;
        for (const pause of times) {
          now += pause;
          const { granted, withheld } = budget();
          if (!granted) since += 1;
          else {
            expect(withheld).toBe(since);
            accounted += 1 + withheld;
            since = 0;
            lines.set(Math.floor(now / 1000), (lines.get(Math.floor(now / 1000)) ?? 0) + 1);
          }
        }
        expect(accounted + since).toBe(times.length);
        for (const count of lines.values()) expect(count).toBeLessThanOrEqual(perSecond);
      }),
    );
  });

  test("shows no key, wherever it stands in a line", () => {
    const key = fc.stringMatching(/^sk_(test|live)_[0-9A-Za-z]{44}$/);
    fc.assert(
      fc.property(key, fc.string(), fc.string(), (secret, before, after) => {
        let line = "";
        createLog((text) => {
          line += text;
        })("warn", `${before}${secret}${after}`, { path: `/x/${secret}?${after}`, cause: secret });
        expect(line).not.toContain(secret.slice(8));
        expect(line.indexOf("\n")).toBe(line.length - 1);
        JSON.parse(line);
      }),
    );
  });
});

test("only what has the form of a key can be one", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^sk_(test|live)_[0-9A-Za-z]{44}$/), (key) => {
      expect(parseKey(key)).toEqual({ keyId: key.slice(8, 20) });
      for (const wrong of [`${key}0`, key.slice(1), ` ${key}`, `${key}\n`, key.replace("_", "-")]) {
        expect(parseKey(wrong)).toBeUndefined();
      }
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void parseKey(text)));
});
