import { FFIType, read } from "bun:ffi";
import { libc } from "./libc.ts";

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
/** errno(3) on Linux of file systems without locks: ENOLCK, ENOSYS, EOPNOTSUPP. */
const UNSUPPORTED = new Set([37, 38, 95]);

let loaded: ReturnType<typeof load> | undefined;

/** flock(2), without waiting: true when taken, false when somebody has it. */
export function tryFlock(fd: number, kind: "exclusive" | "shared" = "exclusive"): boolean | "unsupported" {
  loaded ??= load();
  if (loaded.flock(fd, (kind === "shared" ? LOCK_SH : LOCK_EX) | LOCK_NB) === 0) return true;
  const location = loaded.__errno_location();
  return location !== null && UNSUPPORTED.has(read.i32(location)) ? "unsupported" : false;
}

function load() {
  return libc({
    flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
    __errno_location: { args: [], returns: FFIType.ptr },
  });
}
