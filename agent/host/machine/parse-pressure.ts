/** "some avg10=1.23 avg60=… total=…" of /proc/pressure/*; undefined where the kernel does not say. */
export function parsePressure(text: string | undefined): number | undefined {
  const found = /^some avg10=(\d+(?:\.\d+)?) /m.exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The first number of /proc/loadavg; 0 for what is none. */
export function parseLoad(text: string): number {
  const load = Number.parseFloat(text);
  return Number.isFinite(load) ? load : 0;
}

/** Bytes of /proc/meminfo; 0 for a line that is missing. */
export function parseMeminfo(text: string): { availableBytes: number; totalBytes: number } {
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1] ?? 0) * 1_024;
  return { availableBytes: bytes("MemAvailable"), totalBytes: bytes("MemTotal") };
}
