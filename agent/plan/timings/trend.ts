import { median } from "../../core/percentile.ts";

/** How the last starts compare with the ones before; `factor` above 1 is slower. */
export type Trend = { word: "quicker" | "steady" | "slower"; factor: number };

/** The last starts, and those before that they are compared with. */
const LAST = 5;
const BEFORE = 20;
const ENOUGH = 3;
/** A difference that a person would care for: smaller ones come and go with what else the machine does. */
const FACTOR = 1.25;
const NOTICED_MS = 100;

/**
 * Compares the median of the last five starts with that of up to twenty before, so that one odd start moves nothing.
 * `newestFirst` in milliseconds; undefined while there are too few to tell.
 */
export function trendOf(newestFirst: readonly number[]): Trend | undefined {
  const last = newestFirst.slice(0, LAST);
  const before = newestFirst.slice(LAST, LAST + BEFORE);
  if (before.length < ENOUGH) return undefined;
  const [now, then] = [median(last), median(before)];
  return { word: wordFor(now, then), factor: factorOf(now, then) };
}

function wordFor(now: number, then: number): Trend["word"] {
  if (Math.abs(now - then) < NOTICED_MS) return "steady";
  if (now >= then * FACTOR) return "slower";
  return now * FACTOR <= then ? "quicker" : "steady";
}

/** To two digits after the point; a start in no time counts as one in a millisecond. */
export function factorOf(now: number, then: number): number {
  return Math.round((Math.max(1, now) / Math.max(1, then)) * 100) / 100;
}
