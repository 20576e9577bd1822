import type { ProcessFacts } from "../../core/machine-facts.ts";

/** Fields of /proc/PID/stat counted from the state, which is the third: utime, stime and starttime (proc(5)). */
const [UTIME, STIME, START] = [11, 12, 19];

/**
 * /proc/PID/stat and /proc/PID/status of one process. Its name stands in both, and may hold brackets and spaces, and
 * in status an escaped newline. undefined for what is no such text.
 */
export function parseProcess(stat: string, status: string): ProcessFacts | undefined {
  const fields = statFields(stat);
  const start = fields[START];
  if (start === undefined) return undefined;
  return {
    name: line(status, "Name") ?? "",
    state: fields[0] ?? "",
    isNamespaceInit: line(status, "NSpid")?.split("\t").at(-1) === "1",
    caught: mask(status, "SigCgt"),
    blocked: mask(status, "SigBlk"),
    ignored: mask(status, "SigIgn"),
    startTicks: start,
    cpuTicks: Number(fields[UTIME]) + Number(fields[STIME]),
  };
}

/** The signals that each of these threads blocks, by their statuses; none of no thread. */
export function blockedByAll(statuses: readonly string[]): bigint {
  const [first = 0n, ...others] = statuses.map((status) => mask(status, "SigBlk"));
  return others.reduce((all, each) => all & each, first);
}

/** From the state on: what follows the last closing bracket. */
export function statFields(stat: string): string[] {
  const nameEnd = stat.lastIndexOf(") ");
  return nameEnd < 0 ? [] : stat.slice(nameEnd + 2).split(" ");
}

function mask(status: string, name: string): bigint {
  const digits = line(status, name) ?? "";
  return /^[0-9a-f]+$/.test(digits) ? BigInt(`0x${digits}`) : 0n;
}

/** The process cannot forge a line: the kernel escapes newlines in its name. */
function line(status: string, name: string): string | undefined {
  return status
    .split("\n")
    .find((each) => each.startsWith(`${name}:\t`))
    ?.slice(name.length + 2);
}
