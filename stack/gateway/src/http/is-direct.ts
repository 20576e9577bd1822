/** What a proxy adds to the requests that it passes on; each of these is enough to be one. */
const ADDED_BY_PROXIES = ["x-forwarded-for", "x-forwarded-host", "forwarded", "via"];

/** Loopback, RFC 1918, link-local and unique local addresses, also where IPv4 is written as IPv6. */
const PRIVATE =
  /^(::ffff:)?(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)|^::1$|^f[cd]|^fe[89ab]/i;

/** Whether a peer on a private network asks this process itself, with no proxy between. */
export function isDirect(headers: Headers, address: string | undefined): boolean {
  return (
    address !== undefined && PRIVATE.test(address) && !ADDED_BY_PROXIES.some((name) => headers.has(name))
  );
}
