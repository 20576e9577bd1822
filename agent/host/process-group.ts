import { readdirSync, readFileSync } from "node:fs";

/**
 * Signals a process or, with `group`, everything in the process group it leads. Nothing left is no error: it has ended
 * meanwhile, which is what was wanted. "refused": it runs, and this user may not signal it.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals, group: boolean): "done" | "refused" {
  try {
    process.kill(group ? -pid : pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EPERM") return "refused";
  }
  return "done";
}

/**
 * Whether the process, or any member of its group, still runs. One that has ended and waits to be reaped does
 * not: a container's PID 1 may take seconds for that, or never do it.
 */
export function groupIsAlive(pid: number, group: boolean): boolean {
  try {
    process.kill(group ? -pid : pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
  return group ? numbersIn("/proc").some((each) => runsIn(each, pid)) : processIsAlive(pid);
}

/** Whether the process exists and has not ended. */
export function processIsAlive(pid: number): boolean {
  const state = stateOf(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

function runsIn(pid: number, group: number): boolean {
  const found = stateOf(pid);
  return found?.group === group && found.state !== "Z" && found.state !== "X";
}

/** proc(5): "PID (NAME) STATE PPID PGRP …", where NAME may hold spaces and brackets. */
function stateOf(pid: number): { state: string | undefined; group: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).map(Number).filter(Number.isInteger);
}
