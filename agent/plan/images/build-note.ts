import { formatDuration } from "../../core/duration.ts";
import { formatSize } from "../../core/size.ts";

/** An earlier build of the same image. */
export type EarlierBuild = { ms: number; sizeBytes: number };

/** Below a tenth nobody's image "grew", and a machine's mood changes a time by a fifth. */
const SIZE_SHARE = 0.1;
const TIME_SHARE = 0.2;

/**
 * One line on a finished build: "117 MB (limit 200 MB, was 98 MB), usually 29 s". `earlier` are builds that were
 * not served from the cache, the last one first; what does not stand out is left out.
 */
export function buildNote(
  build: { ms: number; sizeBytes: number; limitBytes: number | undefined },
  earlier: readonly EarlierBuild[],
): string {
  const size = formatSize(build.sizeBytes);
  const last = earlier[0]?.sizeBytes;
  const aside = [
    ...(build.limitBytes === undefined ? [] : [`limit ${formatSize(build.limitBytes)}`]),
    ...(last !== undefined && differs(build.sizeBytes, last, SIZE_SHARE) ? [`was ${formatSize(last)}`] : []),
  ];
  const usual = median(earlier.map(({ ms }) => ms));
  const time =
    usual !== undefined && differs(build.ms, usual, TIME_SHARE) ? `, usually ${formatDuration(usual)}` : "";
  return `${size}${aside.length === 0 ? "" : ` (${aside.join(", ")})`}${time}`;
}

function differs(value: number, from: number, share: number): boolean {
  return Math.abs(value - from) > from * share;
}

/** undefined for no values; the lower of the two in the middle for an even number. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
