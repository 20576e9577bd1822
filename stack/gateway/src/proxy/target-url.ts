/**
 * Where a request for `rest` (the part of the path after the service's name,
 * "" or beginning with "/") goes. Undefined when dots in it would lead out of
 * the upstream's own path.
 */
export function targetUrl(upstream: URL, rest: string, search: string): URL | undefined {
  const base = upstream.pathname.replace(/\/+$/, "");
  const target = new URL(upstream);
  target.pathname = `${base}${rest}`;
  target.search = search;
  const inside = target.pathname === base || target.pathname.startsWith(`${base}/`);
  return inside ? target : undefined;
}
