/** /proc/meminfo: what there is, and what can be had without harm, swap included. undefined where it says neither. */
export function readMeminfo(text: string): { totalBytes: number; availableBytes: number } | undefined {
  const bytes = (name: string): number | undefined => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  };
  const [total, available] = [bytes("MemTotal"), bytes("MemAvailable")];
  if (total === undefined || available === undefined) return undefined;
  return {
    totalBytes: total + (bytes("SwapTotal") ?? 0),
    availableBytes: available + (bytes("SwapFree") ?? 0),
  };
}
