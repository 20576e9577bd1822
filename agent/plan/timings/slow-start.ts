import { percentile } from "../../core/percentile.ts";

/** What a start is compared with; see `ReadinessSummary`. */
export type Usual = { count: number; p50Ms: number; p95Ms: number };

/** Of starts in milliseconds, in any order; undefined for none. */
export function usualOf(starts: readonly number[]): Usual | undefined {
  const sorted = starts.toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return { count: sorted.length, p50Ms: percentile(sorted, 0.5), p95Ms: percentile(sorted, 0.95) };
}

/** Fewer starts than these are no history. */
const ENOUGH = 3;
const FACTOR = 1.5;
/** Beyond what a busy machine adds by chance. */
const NOTICED_MS = 100;

/** Whether a start took noticeably longer than 1.5 × what nearly all before it took. */
export function isSlowStart(ms: number, usual: Usual | undefined): boolean {
  if (usual === undefined || usual.count < ENOUGH) return false;
  return ms > usual.p95Ms * FACTOR && ms - usual.p95Ms > NOTICED_MS;
}
