import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProviderConfig } from "../config/provider-config.ts";
import type { VersionedSecrets } from "../config/versioned-secrets.ts";
import { isPrivate } from "./client-address.ts";

/** What a proxy adds to the requests that it passes on; each of these is enough to be one. */
const ADDED_BY_PROXIES = ["x-forwarded-for", "x-forwarded-host", "forwarded", "via"];

/**
 * `/internal/secrets`: which versions of the shared secrets are in use here, as
 * fingerprints, so that whoever rotates them sees that everybody has the same.
 * Answered here, before Next.js sees the request, and only to a peer on a
 * private network that asks directly; anybody else is told that there is
 * nothing. True when the request was answered.
 */
export function secretFingerprints({
  peppers,
  authSecrets,
}: Pick<ProviderConfig, "peppers" | "authSecrets">): (
  request: IncomingMessage,
  response: ServerResponse,
) => boolean {
  const secrets = {
    API_KEY_PEPPER: fingerprintsOf("API_KEY_PEPPER", peppers),
    BETTER_AUTH_SECRET: fingerprintsOf("BETTER_AUTH_SECRET", authSecrets),
  };
  const found = JSON.stringify({ schema: 1, secrets });
  const nothing = JSON.stringify({ code: "NOT_FOUND", message: "there is nothing here" });
  return (request, response) => {
    if (request.url?.split("?")[0] !== "/internal/secrets") return false;
    const mayKnow = request.method === "GET" && isDirect(request);
    const headers = { "content-type": "application/json", "cache-control": "no-store" };
    response.writeHead(mayKnow ? 200 : 404, headers).end(mayKnow ? found : nothing);
    return true;
  };
}

function isDirect({ headers, socket }: IncomingMessage): boolean {
  const passedOn = ADDED_BY_PROXIES.some((name) => headers[name] !== undefined);
  return !passedOn && isPrivate(socket.remoteAddress ?? "");
}

function fingerprintsOf(name: string, secrets: VersionedSecrets) {
  const accepts = secrets.map(({ version, value }) => [version, fingerprint(name, value)]);
  return { issues: secrets[0].version, accepts: Object.fromEntries(accepts) };
}

/** 12 hexadecimal digits: enough to tell values apart, and none of a random value can be found from them. */
function fingerprint(name: string, value: string): string {
  return createHmac("sha256", value).update(`soloflow fingerprint\0${name}`).digest("hex").slice(0, 12);
}
