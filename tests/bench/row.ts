/** One line of the bench's table. */
export type Row = {
  what: string;
  measured: string;
  /** What it stands beside, measured in the same run. */
  beside: string;
  bar: string;
  met: boolean;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The nearest value below which `share` (0 to 1) of them lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const ms = (value: number): string => `${Math.round(value)} ms`;

export function markdown(rows: readonly Row[]): string {
  const cells = rows.map(({ what, measured, beside, bar, met }) => [
    what,
    measured,
    beside,
    bar,
    met ? "met" : "**missed**",
  ]);
  const head = ["what", "measured", "beside it", "bar", ""];
  return [head, head.map(() => "---"), ...cells].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
