import { readFileSync } from "node:fs";

/** What a process has cost so far, by the kernel's own books. */
export type ProcessCost = {
  atMs: number;
  /** User and system time of all its threads, and of the children that it has waited for. */
  cpuMs: number;
  rssBytes: number;
  /** Memory that is nobody else's and has been written to: what its end would give back for sure. */
  privateDirtyBytes: number;
};

/** Of USER_HZ, which is 100 on every Linux that Docker runs on (`getconf CLK_TCK`). */
const TICK_MS = 10;
/** utime, stime, cutime and cstime among the fields behind the name (proc(5) counts them 14 to 17). */
const TIMES = [11, 12, 13, 14];

export function processCost(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = TIMES.reduce((sum, field) => sum + Number(fields[field]), 0);
  const memory = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return {
    atMs: performance.now(),
    cpuMs: ticks * TICK_MS,
    rssBytes: kilobytes(memory, "Rss"),
    privateDirtyBytes: kilobytes(memory, "Private_Dirty"),
  };
}

/** Per cent of one core between two looks. */
export function cpuShare(before: ProcessCost, after: ProcessCost): number {
  return ((after.cpuMs - before.cpuMs) / (after.atMs - before.atMs)) * 100;
}

function kilobytes(rollup: string, name: string): number {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(rollup)?.[1];
  if (value === undefined) throw new Error(`smaps_rollup does not say ${name}`);
  return Number(value) * 1_024;
}
