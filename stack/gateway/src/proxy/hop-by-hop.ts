/** RFC 9110, 7.6.1, and what proxies have always kept to themselves. */
const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Removes what is meant for one connection only, and whatever `Connection` names besides. */
export function dropHopByHop(headers: Headers): void {
  const named = headers.get("connection")?.split(",") ?? [];
  for (const name of [...named, ...HOP_BY_HOP]) {
    const trimmed = name.trim();
    if (TOKEN.test(trimmed)) headers.delete(trimmed);
  }
}

/** RFC 9110, 5.6.2: anything else cannot be a header's name, and `Headers` would throw at it. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
