import { readFileSync } from "node:fs";
import { statFields } from "./machine/parse-process.ts";

let boot: string | undefined;

/**
 * When a process was started, as a text to be compared: with its pid it is one process for all time, also beyond a
 * reboot. undefined for one that has ended, also where nobody has reaped it yet.
 */
export function processStart(pid: number): string | undefined {
  try {
    const fields = statFields(readFileSync(`/proc/${pid}/stat`, "latin1"));
    const [state, ticks] = [fields[0], fields[19]];
    if (state === "Z" || state === "X" || ticks === undefined) return undefined;
    boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
    return `${boot}:${ticks}`;
  } catch {
    return undefined;
  }
}

/** Whether it is still the process that `processStart` told of. */
export function isAlive(pid: number, start: string | undefined): boolean {
  const now = processStart(pid);
  return now !== undefined && (start === undefined || now === start);
}
