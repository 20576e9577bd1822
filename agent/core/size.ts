const DECIMAL = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;
const BINARY = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const UNITS: Readonly<Record<string, number>> = { ...DECIMAL, ...BINARY };

/** "500MB", "1.5GiB" to bytes (MB is 10^6 as Docker prints it); undefined where the text is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s?([kKMGT]?i?B)$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : UNITS[match[2]];
  return match === null || factor === undefined ? undefined : Math.round(Number(match[1]) * factor);
}

/** Bytes for people in powers of ten, as `docker images` prints them: "117 MB", "2.4 kB". */
export function formatSize(bytes: number): string {
  for (const unit of ["TB", "GB", "MB", "kB"] as const) {
    const amount = bytes / DECIMAL[unit];
    if (amount >= 1) return `${amount >= 99.95 ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}

/** Bytes of memory for people in powers of two, as its limits are written: mem_limit 256m is "256 MiB". */
export function formatMemory(bytes: number): string {
  for (const unit of ["GiB", "MiB", "KiB"] as const) {
    const amount = bytes / BINARY[unit];
    if (amount >= 1) return `${amount >= 99.95 ? Math.round(amount) : Number(amount.toFixed(1))} ${unit}`;
  }
  return `${bytes} B`;
}
