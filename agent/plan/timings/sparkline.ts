const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Values as bars, one character each, as high as their share of the largest; "" for none. */
export function sparkline(values: readonly number[]): string {
  const top = Math.max(...values, 0);
  return values.map((value) => BARS[level(value, top)] ?? BARS[0]).join("");
}

function level(value: number, top: number): number {
  if (top <= 0) return 0;
  return Math.min(BARS.length - 1, Math.max(0, Math.ceil((value / top) * BARS.length) - 1));
}
