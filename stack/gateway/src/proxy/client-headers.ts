import { dropHopByHop } from "./hop-by-hop.ts";

/** The headers that a caller gets: the service's, but for CORS, which the gateway alone decides. */
export function clientHeaders(fromService: Headers): Headers {
  const headers = new Headers(fromService);
  dropHopByHop(headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith("access-control-")) headers.delete(name);
  }
  return headers;
}
