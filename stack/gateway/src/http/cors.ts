import type { MiddlewareHandler } from "hono";
import type { GatewayEnv } from "./gateway-env.ts";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const HEADERS = "Content-Type, X-API-Key, X-Request-Id";
const EXPOSED = "X-Request-Id, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset";
/** Ten minutes, in seconds: a changed list reaches every browser by then. */
const MAX_AGE = "600";

/**
 * Lets pages of `origins`, and of no others, read what the gateway answers.
 * Their preflights carry no key and are answered here. With an empty list no
 * CORS header is ever sent. Cookies are never asked for.
 */
export function cors(origins: ReadonlySet<string>): MiddlewareHandler<GatewayEnv> {
  return async (context, next) => {
    if (origins.size === 0) return next();
    const origin = context.req.header("origin");
    const allowed = origin !== undefined && origins.has(origin);
    if (allowed && context.req.method === "OPTIONS" && context.req.header("access-control-request-method")) {
      context.res = new Response(null, { status: 204 });
      context.res.headers.set("access-control-allow-methods", METHODS);
      context.res.headers.set("access-control-allow-headers", HEADERS);
      context.res.headers.set("access-control-max-age", MAX_AGE);
    } else {
      await next();
    }
    context.res.headers.append("vary", "Origin");
    if (!allowed) return;
    context.res.headers.set("access-control-allow-origin", origin);
    context.res.headers.set("access-control-expose-headers", EXPOSED);
  };
}
