import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseTimeWindow } from "../../../agent/core/time-window.ts";
import { openWindow, type Zone } from "../../../agent/plan/rotate/window.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const minute = fc.nat(1_439);
const text = (at: number) =>
  `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
const moments = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });
const offsets = fc.integer({ min: -12 * 4, max: 14 * 4 }).map((quarters) => quarters * 15);
const windows = fc
  .tuple(minute, minute)
  .map(([from, to]) => ({ from, to, text: `${text(from)}-${text(to)}` }));

test("a window is open just where the clock shows a time in it, over midnight too", () => {
  fc.assert(
    fc.property(windows, moments, offsets, ({ from, to, text: window }, now, offset) => {
      const shown = Math.floor(now / MINUTE + offset) % 1_440;
      const isIn = from < to ? from <= shown && shown < to : shown >= from || shown < to;
      expect(openWindow(window, now, () => offset) !== undefined).toBe(isIn);
    }),
  );
});

test("every moment of a window names the same opening, at which the clock showed its beginning", () => {
  fc.assert(
    fc.property(
      windows,
      moments,
      offsets,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (window, now, offset, share) => {
        const open = openWindow(window.text, now, () => offset);
        if (open === undefined) return;
        expect(open.opensAt).toBeLessThanOrEqual(now);
        expect(open.closesAt).toBeGreaterThan(now);
        expect(open.closesAt - open.opensAt).toBe(parseTimeWindow(window.text).minutes * MINUTE);
        expect((open.opensAt / MINUTE + offset) % 1_440).toBe(window.from);
        const other = open.opensAt + Math.floor(share * (open.closesAt - open.opensAt));
        expect(openWindow(window.text, other, () => offset)).toEqual(open);
      },
    ),
  );
});

test("where the clock is changed within a window, whoever looks each minute sees it open once", () => {
  const changes = fc.constantFrom(-HOUR / MINUTE, HOUR / MINUTE);
  const begin = Date.UTC(2026, 5, 1);
  // What begins in the hour that is skipped or comes twice is left out: there it may open twice.
  const early = fc.tuple(fc.integer({ min: 0, max: 119 }), fc.integer({ min: 181, max: 400 }));
  fc.assert(
    fc.property(early, changes, ([from, to], change) => {
      const zone: Zone = (at) => (at < begin + 3 * HOUR ? 0 : change);
      const window = `${text(from)}-${text(to)}`;
      const seen = new Set<number>();
      for (let at = begin - 2 * HOUR; at < begin + 12 * HOUR; at += 5 * MINUTE) {
        const open = openWindow(window, at, zone);
        if (open !== undefined) seen.add(open.opensAt);
      }
      expect([...seen]).toEqual([begin + from * MINUTE]);
    }),
    { numRuns: 50 },
  );
});

test("a window in the hour that the clock leaves out opens once, and one that is as long as a day is always open", () => {
  const begin = Date.UTC(2026, 2, 29);
  const zone: Zone = (at) => (at < begin + HOUR ? 60 : 120);
  const seen = new Set<number>();
  for (let at = begin - HOUR; at < begin + 6 * HOUR; at += MINUTE) {
    const open = openWindow("02:30-04:00", at, zone);
    if (open === undefined) continue;
    expect(open.opensAt).toBeLessThanOrEqual(at);
    seen.add(open.opensAt);
  }
  expect(seen.size).toBe(1);
  expect(openWindow("08:00-08:00", begin, zone)).toBeDefined();
});
