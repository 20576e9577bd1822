import { dlopen, FFIType, ptr } from "bun:ffi";
import { writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";

/**
 * `bun browser-relay.ts PORT PATH`, run in a new network namespace: takes its
 * loopback interface up, and connects what comes to 127.0.0.1:PORT there to the
 * Unix socket PATH, which is the same in every namespace. Makes a file
 * PATH.ready when it listens, and ends with the process that started it.
 */
const [port = "", path = ""] = process.argv.slice(2);
const parent = process.ppid;

takeLoopbackUp();
const server = createServer((near) => {
  const far = createConnection(path);
  near.pipe(far);
  far.pipe(near);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
});
server.listen(Number(port), "127.0.0.1", () => writeFileSync(`${path}.ready`, ""));

setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 250);

/** What `ip link set lo up` does, without the package that has `ip` (netdevice(7)). */
function takeLoopbackUp(): void {
  const [AF_INET, SOCK_DGRAM, SIOCSIFFLAGS, IFF_UP] = [2, 2, 0x8914, 1];
  const { symbols } = dlopen("libc.so.6", {
    socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
    ioctl: { args: [FFIType.i32, FFIType.u64, FFIType.ptr], returns: FFIType.i32 },
  });
  const request = new Uint8Array(40); // struct ifreq: 16 bytes of name, then the flags
  request.set(new TextEncoder().encode("lo"));
  request[16] = IFF_UP;
  const failed = symbols.ioctl(symbols.socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, ptr(request)) !== 0;
  if (failed) throw new Error("the loopback interface could not be taken up");
}
