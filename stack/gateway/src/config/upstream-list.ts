/** Where each service's requests go; the path of a URL is put before the rest of the request's path. */
export type UpstreamList = ReadonlyMap<string, URL>;

export type UpstreamReading =
  | { readonly kind: "read"; readonly upstreams: UpstreamList }
  | { readonly kind: "fault"; readonly faults: readonly string[] };

/** A name is one segment of a path; what the gateway answers itself cannot be configured away. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads `orders=http://orders:9000,billing=http://billing:9000/base`. Every
 * fault is named by its entry's place, since an address may hold a password.
 */
export function parseUpstreamList(text: string, reserved: readonly string[]): UpstreamReading {
  const upstreams = new Map<string, URL>();
  const faults: string[] = [];
  for (const [index, entry] of text.split(",").entries()) {
    const part = entry.trim();
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0));
    const url = URL.parse(part.slice(equals + 1));
    const fault = nameFault(name, upstreams, reserved) ?? urlFault(url);
    if (fault !== undefined || url === null) faults.push(`entry ${index + 1} ${fault}`);
    else upstreams.set(name, url);
  }
  return faults.length > 0 ? { kind: "fault", faults } : { kind: "read", upstreams };
}

function nameFault(name: string, taken: UpstreamList, reserved: readonly string[]): string | undefined {
  if (!NAME.test(name)) return "is not <name>=<url> with a name of small letters, digits and hyphens";
  if (reserved.includes(name)) return "names a service of the gateway itself";
  if (taken.has(name)) return "names a service that an earlier entry has";
  return undefined;
}

function urlFault(url: URL | null): string | undefined {
  if (url === null || !["http:", "https:"].includes(url.protocol))
    return "has no http:// or https:// address";
  if (url.username !== "" || url.password !== "") return "has a user or password in its address";
  if (url.search !== "" || url.hash !== "") return "has a query or fragment in its address";
  return undefined;
}
