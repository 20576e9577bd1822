import { FFIType, ptr } from "bun:ffi";
import { libc } from "./libc.ts";
import type { Notify } from "./notify.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** sizeof(sun_path), unix(7). */
const PATH_BYTES = 108;

/** To the datagram socket that systemd names: a path, or "@name" in the abstract namespace. Bun has none of its own. */
export function systemdNotify(socket: string | undefined): Notify {
  const address = socketAddress(socket ?? "");
  if (address === undefined) return { send: () => {} };
  let open: { symbols: ReturnType<typeof load>; fd: number } | undefined;
  return {
    send(state) {
      open ??= connect();
      const message = Buffer.from(state);
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      // A manager that was restarted has the same address: nothing to connect again.
      open?.symbols.sendto(open.fd, ptr(message), message.length, flags, ptr(address), address.length);
    },
  };
}

function connect() {
  const symbols = load();
  const fd = symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd < 0 ? undefined : { symbols, fd };
}

/** struct sockaddr_un: the family in the machine's order, then the path, or a NUL and the abstract name. */
function socketAddress(socket: string): Buffer | undefined {
  const path = Buffer.from(socket.startsWith("@") ? `\0${socket.slice(1)}` : `${socket}\0`);
  if (!/^[/@]./.test(socket) || path.length > PATH_BYTES) return undefined;
  const family = Buffer.from(new Uint16Array([AF_UNIX]).buffer);
  return Buffer.concat([family, path]);
}

function load() {
  const { i32, u32, u64, i64 } = FFIType;
  const pointer = FFIType.ptr;
  return libc({
    socket: { args: [i32, i32, i32], returns: i32 },
    sendto: { args: [i32, pointer, u64, i32, pointer, u32], returns: i64 },
  });
}
