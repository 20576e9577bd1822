/** A socket that listens (TCP) or is bound (UDP), as /proc/net/{tcp,tcp6,udp,udp6} lists them. */
export type BoundSocket = { address: string; port: number; inode: string };

/** State of a listening TCP socket, and of an unconnected UDP one. */
const STATES = { tcp: "0A", udp: "07" } as const;

/** Sockets of one of the kernel's tables that wait for others; lines that it cannot read are left out. */
export function boundSockets(table: string, protocol: "tcp" | "udp"): BoundSocket[] {
  return table.split("\n").flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local?.split(":") ?? [];
    if (state !== STATES[protocol] || inode === undefined || !/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(address))
      return [];
    return [{ address: readAddress(address), port: Number.parseInt(port, 16), inode }];
  });
}

/** Words of 32 bits, each with its bytes reversed, as a little-endian kernel prints them. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const numbers = bytes.map((byte) => Number.parseInt(byte, 16));
  if (numbers.length === 4) return numbers.join(".");
  const isMapped =
    numbers.slice(0, 10).every((byte) => byte === 0) && numbers[10] === 255 && numbers[11] === 255;
  if (isMapped) return numbers.slice(12).join(".");
  if (numbers.every((byte) => byte === 0)) return "::";
  if (numbers.slice(0, 15).every((byte) => byte === 0) && numbers[15] === 1) return "::1";
  const groups = Array.from({ length: 8 }, (_, index) => `${bytes[2 * index]}${bytes[2 * index + 1]}`);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
