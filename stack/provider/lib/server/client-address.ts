import { isIP } from "node:net";

/**
 * The address that limits on sign-in attempts are counted by. What a peer on a
 * public address claims in X-Forwarded-For is ignored; a peer on a private one
 * is the ingress, whose last entry is the customer it saw.
 */
export function clientAddress(peer: string | undefined, forwarded: string | undefined): string {
  const direct = plain(peer ?? "");
  const claimed = plain(forwarded?.split(",").at(-1)?.trim() ?? "");
  const isClaim = isPrivate(direct) && isIP(claimed) !== 0;
  return isClaim ? claimed : direct || "0.0.0.0";
}

/** IPv4 written as IPv6 (`::ffff:10.0.0.1`) is the same address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Loopback, RFC 1918 and unique local addresses; IPv4 may be written as IPv6. */
export function isPrivate(address: string): boolean {
  return /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd])/i.test(plain(address));
}
