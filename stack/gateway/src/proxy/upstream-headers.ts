import { dropHopByHop } from "./hop-by-hop.ts";

export type Caller = {
  /** The address that the connection came from, if it is known. */
  readonly address: string | undefined;
  readonly keyId: string;
  readonly userId: string;
  readonly requestId: string;
};

const PROTOCOLS: readonly (string | null)[] = ["http", "https"];

/** The key; what belongs to this connection's request; and other ways to say where it came from, which nobody checked. */
const NOT_PASSED_ON = ["x-api-key", "host", "expect", "content-length", "forwarded", "x-real-ip"];

/**
 * The headers that a service gets: the caller's, without the API key and
 * without anything that only the gateway may say, and with who is calling.
 * X-Forwarded-For grows by the address that the gateway itself saw, so that its
 * last entry can always be trusted; host and protocol are those that an ingress
 * in front has noted, else those of this request.
 */
export function upstreamHeaders(request: Request, url: URL, caller: Caller): Headers {
  const headers = new Headers(request.headers);
  dropHopByHop(headers);
  for (const name of NOT_PASSED_ON) headers.delete(name);
  const length = request.headers.get("content-length");
  if (request.body !== null && length !== null) headers.set("content-length", length);

  const path = [request.headers.get("x-forwarded-for"), caller.address];
  headers.set("x-forwarded-for", path.filter((entry) => entry).join(", "));
  const protocol = request.headers.get("x-forwarded-proto");
  headers.set(
    "x-forwarded-proto",
    PROTOCOLS.includes(protocol) && protocol ? protocol : url.protocol.slice(0, -1),
  );
  headers.set("x-forwarded-host", request.headers.get("x-forwarded-host") ?? url.host);
  headers.set("x-request-id", caller.requestId);
  headers.set("x-api-key-id", caller.keyId);
  headers.set("x-user-id", caller.userId);
  return headers;
}
