import { createHmac } from "node:crypto";
import { Hono } from "hono";
import type { PepperList } from "../config/pepper-list.ts";
import { problemResponse } from "../core/problem.ts";
import type { GatewayEnv } from "./gateway-env.ts";
import { isDirect } from "./is-direct.ts";

/**
 * `/internal/secrets`: which versions of the shared secrets are in use here, as fingerprints, so that whoever rotates
 * them sees that everybody has the same. Answered only to a peer that asks this process itself: for any other, and for
 * whatever came through a proxy, there is nothing here.
 */
export function secretsRoute(peppers: PepperList): Hono<GatewayEnv> {
  const body = { schema: 1, secrets: { API_KEY_PEPPER: fingerprintsOf("API_KEY_PEPPER", peppers) } };
  const routes = new Hono<GatewayEnv>();
  routes.get("/", (context) =>
    isDirect(context.req.raw.headers, context.env.address)
      ? context.json(body, 200, { "cache-control": "no-store" })
      : problemResponse({ status: 404, error: "not_found", message: "there is nothing here" }),
  );
  return routes;
}

function fingerprintsOf(name: string, { issuing, byVersion }: PepperList) {
  const accepts = [...byVersion.values()].map(({ version, value }) => [version, fingerprint(name, value)]);
  return { issues: issuing.version, accepts: Object.fromEntries(accepts) };
}

/** 12 hexadecimal digits: enough to tell values apart, and none of a random value can be found from them. */
function fingerprint(name: string, value: string): string {
  return createHmac("sha256", value).update(`soloflow fingerprint\0${name}`).digest("hex").slice(0, 12);
}
