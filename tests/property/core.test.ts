import { expect, test } from "bun:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { canonicalJson } from "../../agent/core/canonical.ts";
import { formatDuration, parseDuration } from "../../agent/core/duration.ts";
import { editDistance, nearest } from "../../agent/core/nearest.ts";
import { reach } from "../../agent/core/reach.ts";
import { Secret } from "../../agent/core/secret.ts";
import { formatMemory, formatSize, parseSize } from "../../agent/core/size.ts";

test("a secret prints as [redacted] wherever it is printed", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), (value) => {
      const secret = new Secret(`v-${value}-v`);
      const prints = [
        `${secret}`,
        String(secret),
        JSON.stringify({ secret }),
        inspect(secret),
        inspect([{ secret }]),
        Bun.inspect(secret),
        `${[secret]}`,
      ];
      for (const print of prints) expect(print).not.toContain(`v-${value}-v`);
      expect(secret.reveal()).toBe(`v-${value}-v`);
    }),
  );
});

test("a duration is the sum of its parts", () => {
  const part = fc.tuple(
    fc.nat(99),
    fc.constantFrom(["ms", 1], ["s", 1_000], ["m", 60_000], ["h", 3_600_000], ["d", 86_400_000]),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const text = parts.map(([amount, [unit]]) => `${amount}${unit}`).join("");
      expect(parseDuration(text)).toBe(parts.reduce((sum, [amount, [, ms]]) => sum + amount * Number(ms), 0));
    }),
  );
});

test("what is not a duration or a size is said to be none", () => {
  for (const text of ["", "5", "s", "-5s", "5 s", "5s5", "1e3s", "∞s"])
    expect(parseDuration(text)).toBeUndefined();
  for (const text of ["", "5", "MB", "-5MB", "5mb", "5 MBs"]) expect(parseSize(text)).toBeUndefined();
});

test("times and sizes are written as people read them", () => {
  expect([0, 350, 999.6, 1_900, 59_960, 125_000, 12_000_000, 180_000_000].map(formatDuration)).toEqual([
    "0 ms",
    "350 ms",
    "1000 ms",
    "1.9 s",
    "1 min",
    "2 min 5 s",
    "3 h 20 min",
    "2 d 2 h",
  ]);
  expect([0, 999, 2_400, 117_000_000, 1_500_000_000].map(formatSize)).toEqual([
    "0 B",
    "999 B",
    "2.4 kB",
    "117 MB",
    "1.5 GB",
  ]);
  expect([512, 65_536, 268_435_456, 1_610_612_736, 2_147_483_648].map(formatMemory)).toEqual([
    "512 B",
    "64 KiB",
    "256 MiB",
    "1.5 GiB",
    "2 GiB",
  ]);
  expect(["500MB", "1.5GiB", "64 kB"].map(parseSize)).toEqual([500_000_000, 1_610_612_736, 64_000]);
});

test("canonical JSON does not depend on the order of keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("the nearest word is one edit away, and far words are not near", () => {
  const words = ["deploy", "status", "secrets", "build"];
  expect(nearest("depoly", words)).toBe("deploy");
  expect(nearest("statu", words)).toBe("status");
  expect(nearest("zzz", words)).toBeUndefined();
});

test("the distance of words is symmetric and zero only for equal ones", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test("what is reached holds what was given and all that follows, and nothing that does not", () => {
  const graph = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(graph, fc.array(fc.nat(7), { maxLength: 3 }), (edges, given) => {
      const next = (node: number) => edges[node] ?? [];
      const reached = reach(given, next);
      const follows = [...reached].flatMap(next);
      expect(reached.isSupersetOf(new Set([...given, ...follows]))).toBe(true);
      expect(new Set([...given, ...follows]).isSupersetOf(reached)).toBe(true);
    }),
  );
});
