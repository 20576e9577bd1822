import { FFIType } from "bun:ffi";
import { readFileSync } from "node:fs";
import { libc } from "./libc.ts";

/** madvise(2): the pages are not needed for now; of a file they are read from it again when they are. */
const MADV_DONTNEED = 4;

let loaded: ReturnType<typeof load> | undefined;

/**
 * For a process that goes on for weeks: gives back garbage, and the pages of this program's own code that only its
 * start has needed (some 30 MB; what is used comes back from the page cache, some 64 KiB at a time). Code that was
 * changed in memory stays. Without the C library, or in another process' mapping, nothing happens.
 */
export function trimMemory(): void {
  Bun.gc(true);
  // The engine's own form of code that was needed once goes as well; what is used is made again.
  Bun.shrink();
  try {
    loaded ??= load();
    for (const { from, length } of ownCode(readFileSync("/proc/self/smaps", "latin1")))
      loaded.madvise(from, length, MADV_DONTNEED);
  } catch {
    // It runs as well with more memory.
  }
}

function load() {
  return libc({ madvise: { args: [FFIType.u64, FFIType.u64, FFIType.i32], returns: FFIType.i32 } });
}

/** Exported for tests: the executable, unchanged mappings of this program's file, by /proc/PID/smaps (proc(5)). */
export function ownCode(smaps: string, program = process.execPath): { from: bigint; length: bigint }[] {
  const parts = smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return parts.flatMap((part) => {
    const [, from = "", to = "", path] =
      /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ \S+ +(\S.*)$/m.exec(part) ?? [];
    if (path !== program || !/^Private_Dirty: +0 kB$/m.test(part)) return [];
    const start = BigInt(`0x${from}`);
    return [{ from: start, length: BigInt(`0x${to}`) - start }];
  });
}
