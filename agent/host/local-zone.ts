import { FFIType, ptr } from "bun:ffi";
import { libc } from "./libc.ts";

/** Of `struct tm` on 64-bit Linux, glibc and musl alike: nine ints, then tm_gmtoff, a long of seconds east of UTC. */
const TM_BYTES = 56;
const GMTOFF_AT = 40;

let loaded: ReturnType<typeof load> | undefined;

/**
 * Minutes that this machine's clock is ahead of UTC at a moment (milliseconds since 1970). By localtime_r(3): the first
 * question about a time zone costs JavaScript's own tables 2 MB of private memory, which the watchdog would keep.
 */
export function localZone(at: number): number {
  try {
    loaded ??= load();
    const time = new BigInt64Array([BigInt(Math.floor(at / 1_000))]);
    const broken = new Uint8Array(TM_BYTES);
    loaded.localtime_r(ptr(time), ptr(broken));
    return Number(new DataView(broken.buffer).getBigInt64(GMTOFF_AT, true)) / 60;
  } catch {
    return -new Date(at).getTimezoneOffset();
  }
}

function load() {
  return libc({ localtime_r: { args: [FFIType.ptr, FFIType.ptr], returns: FFIType.ptr } });
}
