import { median, percentile } from "../../core/percentile.ts";
import { factorOf } from "./trend.ts";

export type Start = { at: number; ms: number; image: string };

/** The image that runs now starts slower than the ones before. */
export type Regression = {
  image: string;
  /** Its first start. */
  since: number;
  factor: number;
  /** Medians. */
  beforeMs: number;
  nowMs: number;
};

/** Starts of other images that are compared with. */
const BEFORE = 20;
const ENOUGH = 3;
const FACTOR = 1.5;
const NOTICED_MS = 100;

/**
 * Whether the newest start's image is slower than what ran before it: its median beyond 1.5 × theirs and beyond
 * nearly all of theirs, so that no chance start makes a release look bad. `newestFirst` of one service.
 */
export function regressionOf(newestFirst: readonly Start[]): Regression | undefined {
  const image = newestFirst[0]?.image;
  if (image === undefined) return undefined;
  const [now, before] = split(newestFirst, image);
  const times = before.map(({ ms }) => ms).sort((a, b) => a - b);
  if (times.length < ENOUGH) return undefined;
  const nowMs = median(now.map(({ ms }) => ms));
  const beforeMs = median(times);
  const isSlower = nowMs >= beforeMs * FACTOR && nowMs - beforeMs >= NOTICED_MS;
  if (!isSlower || nowMs <= percentile(times, 0.95)) return undefined;
  const since = Math.min(...now.map(({ at }) => at));
  return { image, since, factor: factorOf(nowMs, beforeMs), beforeMs, nowMs };
}

/** The starts of the image that runs, up to where another one ran, and those before. */
function split(newestFirst: readonly Start[], image: string): [now: Start[], before: Start[]] {
  const end = newestFirst.findIndex((start) => start.image !== image);
  if (end === -1) return [[...newestFirst], []];
  return [newestFirst.slice(0, end), newestFirst.slice(end, end + BEFORE)];
}
