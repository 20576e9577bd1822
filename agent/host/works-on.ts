import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { tryFlock } from "./flock.ts";
import { isAlive } from "./process-life.ts";
import type { IsAlive } from "./store/leases.ts";

/**
 * Whether a holder of leases still changes something: it lives, or it was killed while it held the lock at `path`, and
 * a command that it had started carries the lock on. Of a lock that cannot be read this is not known: taken for free.
 */
export function worksOn(path: string): IsAlive {
  return (pid, start) => isAlive(pid, start) || (names(path, pid) && isHeld(path));
}

function names(path: string, pid: number): boolean {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof holder === "object" && holder !== null && "pid" in holder && holder.pid === pid;
  } catch {
    return false;
  }
}

/** A look that shares the lock for some microseconds: many may look at once, and who wants it tries once more. */
function isHeld(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return false;
  }
  try {
    return tryFlock(fd, "shared") === false;
  } finally {
    closeSync(fd);
  }
}
