import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { percentile } from "../../../agent/core/percentile.ts";
import { regressionOf, type Start } from "../../../agent/plan/timings/regression.ts";
import { isSlowStart } from "../../../agent/plan/timings/slow-start.ts";
import { sparkline } from "../../../agent/plan/timings/sparkline.ts";
import { proposedStartPeriodMs } from "../../../agent/plan/timings/start-period.ts";
import { trendOf } from "../../../agent/plan/timings/trend.ts";

const times = (options: { minLength: number; maxLength?: number }) =>
  fc.array(fc.integer({ min: 1, max: 120_000 }), { maxLength: 60, ...options });
/** Starts of one image that differ by chance only. */
const calm = fc
  .tuple(fc.integer({ min: 1_000, max: 60_000 }), fc.array(fc.double({ min: 0.93, max: 1.07, noNaN: true })))
  .map(([base, factors]) => factors.map((factor) => base * factor));

const starts = (ms: readonly number[], image: string, from = 0): Start[] =>
  ms.map((each, index) => ({ at: 1_000 - from - index, ms: each, image }));

test("a percentile is a value that was measured, and the share of those below it is no larger", () => {
  expect(percentile([5], 0.95)).toBe(5);
  expect(percentile([1, 2], 0.5)).toBe(1);
  expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
  fc.assert(
    fc.property(times({ minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const sorted = values.sort((a, b) => a - b);
      const found = percentile(sorted, share);
      expect(sorted).toContain(found);
      expect(sorted.filter((value) => value < found).length).toBeLessThanOrEqual(share * sorted.length);
    }),
  );
});

describe("the trend", () => {
  test("is not told of fewer than three starts before the last five", () => {
    fc.assert(
      fc.property(times({ minLength: 0, maxLength: 7 }), (values) => expect(trendOf(values)).toBeUndefined()),
    );
  });

  test("is steady where starts differ by chance only", () => {
    fc.assert(
      fc.property(calm, (values) => {
        expect(["steady", undefined]).toContain(trendOf(values)?.word);
      }),
    );
  });

  test("two odd ones among the last five change nothing", () => {
    fc.assert(
      fc.property(
        calm.filter((values) => values.length >= 8),
        times({ minLength: 2, maxLength: 2 }),
        (values, odd) => expect(trendOf([...odd, ...values.slice(2)])?.word).toBe("steady"),
      ),
    );
  });

  test("twice as slow is slower, and seen the other way round quicker", () => {
    fc.assert(
      fc.property(
        calm.filter((values) => values.length >= 5),
        (values) => {
          const now = values.slice(0, 5);
          const before = values.slice(0, 5).map((ms) => ms / 2);
          expect(trendOf([...now, ...before])?.word).toBe("slower");
          expect(trendOf([...before, ...now])?.word).toBe("quicker");
        },
      ),
    );
  });

  test("some milliseconds are nothing, whatever their share", () => {
    expect(trendOf([60, 60, 60, 60, 60, 10, 10, 10])).toEqual({ word: "steady", factor: 6 });
  });
});

describe("a regression", () => {
  test("is told of the image that runs, since its first start, once it is slower than nearly all before", () => {
    const before = starts([600, 620, 580, 640], "old", 10);
    expect(regressionOf([...starts([1_100, 1_080], "new"), ...before])).toEqual({
      ...{ image: "new", since: 999, factor: 1.8, beforeMs: 600, nowMs: 1_080 },
    });
    expect(regressionOf([...starts([700], "new"), ...before])).toBeUndefined();
    expect(regressionOf(before)).toBeUndefined();
    expect(regressionOf([...starts([5_000], "new"), ...before.slice(0, 2)])).toBeUndefined();
  });

  test("is not blamed on an image by the one slow start that every image has", () => {
    const before = starts([600, 600, 600, 2_000], "old", 10);
    expect(regressionOf([...starts([1_500], "new"), ...before])).toBeUndefined();
  });

  test("is never told where the image did not change, and says how the medians compare", () => {
    const image = fc.constantFrom("a", "b");
    const some = fc.array(fc.record({ at: fc.nat(), ms: fc.integer({ min: 1, max: 90_000 }), image }));
    fc.assert(
      fc.property(some, (list) => {
        const found = regressionOf(list);
        if (list.every((each) => each.image === list[0]?.image)) expect(found).toBeUndefined();
        if (found === undefined) return;
        expect(found.image).toBe(list[0]?.image ?? "");
        expect(found.nowMs).toBeGreaterThanOrEqual(found.beforeMs * 1.5);
        expect(found.factor).toBeGreaterThanOrEqual(1.5);
      }),
    );
  });
});

test("a start is slow beyond 1.5 × the 95th percentile of at least three, and more than a busy machine adds", () => {
  const usual = { count: 3, p50Ms: 500, p95Ms: 1_000 };
  expect([1_500, 1_501].map((ms) => isSlowStart(ms, usual))).toEqual([false, true]);
  expect(isSlowStart(60_000, { ...usual, count: 2 })).toBe(false);
  expect(isSlowStart(60_000, undefined)).toBe(false);
  expect(isSlowStart(109, { count: 9, p50Ms: 5, p95Ms: 10 })).toBe(false);
});

test("a proposed start_period is in whole five seconds, and at least three times the 95th percentile", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600_000 }), (p95Ms) => {
      const ms = proposedStartPeriodMs({ count: 3, p95Ms }) ?? 0;
      expect(ms % 5_000).toBe(0);
      expect(ms).toBeGreaterThanOrEqual(Math.max(3 * p95Ms, 5_000));
      expect(ms).toBeLessThan(3 * p95Ms + 5_001);
    }),
  );
  expect(proposedStartPeriodMs({ count: 2, p95Ms: 1 })).toBeUndefined();
});

test("a sparkline has one bar a value, the highest for the largest, and higher ones for larger ones", () => {
  expect(sparkline([])).toBe("");
  expect(sparkline([0, 1, 50, 100])).toBe("▁▁▄█");
  fc.assert(
    fc.property(times({ minLength: 1 }), (values) => {
      const bars = [...sparkline(values)];
      expect(bars).toHaveLength(values.length);
      expect(bars[values.indexOf(Math.max(...values))]).toBe("█");
      for (const [index, value] of values.entries())
        if (value > (values[0] ?? 0)) expect((bars[index] ?? "") >= (bars[0] ?? "")).toBe(true);
    }),
  );
});
