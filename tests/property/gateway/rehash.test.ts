import { expect, test } from "bun:test";
import fc from "fast-check";
import { hashKey } from "../../../stack/gateway/src/keys/hash-key.ts";
import { createRehashOnUse } from "../../../stack/gateway/src/keys/rehash-on-use.ts";

const KEY = "a key";
const VALUES: Readonly<Record<number, string>> = { 1: "the-first-pepper", 2: "the-second-pepper" };
const BACK_AFTER_MS = 900_000;
/** A rollout with two gateways of different phases; longer ones are cut off by its limits. */
const ROLLOUT_MS = 150_000;

/** One row, and gateways that share it; each accepts both peppers and issues the given one. */
function table(pepperVersion: number) {
  const clock = { ms: 0 };
  const row = {
    id: "a",
    keyId: "a",
    userId: "u",
    hash: hashKey(KEY, VALUES[pepperVersion] ?? ""),
    pepperVersion,
  };
  const moves: number[] = [];
  const gateway = (issues: number) => {
    const byVersion = new Map([1, 2].map((version) => [version, { version, value: VALUES[version] ?? "" }]));
    const issuing = byVersion.get(issues) ?? { version: issues, value: "" };
    const use = createRehashOnUse({
      peppers: { issuing, byVersion },
      backAfterMs: BACK_AFTER_MS,
      rehash: async (_, to) => {
        moves.push(to.pepperVersion);
        Object.assign(row, to);
        return true;
      },
      onChanged: () => {},
      log: () => {},
      now: () => clock.ms,
    });
    return async () => {
      use({ ...row }, KEY);
      await Promise.resolve();
      await Promise.resolve();
    };
  };
  return { clock, row, moves, gateway };
}

const uses = (among: number) =>
  fc.array(
    fc.record({ by: fc.integer({ min: 0, max: among - 1 }), afterMs: fc.integer({ min: 0, max: 5_000 }) }),
    {
      maxLength: 30,
    },
  );

test("of two gateways of different phases only the one ahead moves a key, and once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 2), uses(2), async (began, all) => {
      const { clock, row, moves, gateway } = table(began);
      const gateways = [gateway(1), gateway(2)];
      for (const { by, afterMs } of all) {
        clock.ms = Math.min(clock.ms + afterMs, ROLLOUT_MS);
        await gateways[by]?.();
        expect(row.hash).toEqual(hashKey(KEY, VALUES[row.pepperVersion] ?? ""));
      }
      expect(moves.length).toBeLessThanOrEqual(began === 1 ? 1 : 0);
    }),
  );
});

test("whichever pepper issues in the end, every key that is used comes to stand on it, and stays there", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 2), fc.constantFrom(1, 2), uses(2), async (began, last, all) => {
      const { clock, row, moves, gateway } = table(began);
      const rollout = [gateway(1), gateway(2)];
      for (const { by, afterMs } of all) {
        clock.ms = Math.min(clock.ms + afterMs, ROLLOUT_MS);
        await rollout[by]?.();
      }
      const left = gateway(last);
      await left();
      clock.ms += BACK_AFTER_MS;
      for (let use = 0; use < 3; use += 1) await left();
      expect(row.pepperVersion).toBe(last);
      const settled = moves.length;
      clock.ms += BACK_AFTER_MS;
      await left();
      expect(moves).toHaveLength(settled);
    }),
  );
});
