import { formatDuration } from "../../core/duration.ts";
import { formatSize } from "../../core/size.ts";

/** Below a tenth nobody's image "grew", and a machine's mood changes a time by a fifth. */
const SIZE_SHARE = 0.1;
const TIME_SHARE = 0.2;

export type FinishedBuild = {
  ms: number;
  /** What earlier builds took. */
  usualMs: number | undefined;
  sizeBytes: number;
  limitBytes: number | undefined;
  /** The size after the build before. */
  lastBytes: number | undefined;
};

/** One line on a finished build: "117 MB (limit 200 MB, was 98 MB), usually 29 s". What does not stand out is left out. */
export function buildNote({ ms, usualMs, sizeBytes, limitBytes, lastBytes }: FinishedBuild): string {
  const aside = [
    ...(limitBytes === undefined ? [] : [`limit ${formatSize(limitBytes)}`]),
    ...(lastBytes !== undefined && differs(sizeBytes, lastBytes, SIZE_SHARE)
      ? [`was ${formatSize(lastBytes)}`]
      : []),
  ];
  const size = `${formatSize(sizeBytes)}${aside.length === 0 ? "" : ` (${aside.join(", ")})`}`;
  return usualMs !== undefined && differs(ms, usualMs, TIME_SHARE)
    ? `${size}, usually ${formatDuration(usualMs)}`
    : size;
}

function differs(value: number, from: number, share: number): boolean {
  return Math.abs(value - from) > from * share;
}
