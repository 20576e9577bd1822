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
