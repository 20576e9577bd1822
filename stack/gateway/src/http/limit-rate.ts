import type { MiddlewareHandler } from "hono";
import { problemResponse } from "../core/problem.ts";
import type { RateLimit, RateVerdict } from "../keys/rate-limit.ts";
import type { GatewayEnv } from "./gateway-env.ts";

/**
 * Refuses a key that asks too often with 429. Every answer tells how much is
 * left, in the headers of the IETF's draft "RateLimit header fields for HTTP".
 */
export function limitRate(
  limit: RateLimit,
  take: (keyId: string) => RateVerdict,
): MiddlewareHandler<GatewayEnv> {
  return async (context, next) => {
    const { allowed, remaining, retryAfterSeconds, resetSeconds } = take(context.get("row").keyId);
    if (allowed) await next();
    else context.res = tooMany(retryAfterSeconds);
    context.res.headers.set("ratelimit-limit", String(limit.burst));
    context.res.headers.set("ratelimit-remaining", String(remaining));
    context.res.headers.set("ratelimit-reset", String(resetSeconds));
  };
}

function tooMany(retryAfterSeconds: number): Response {
  return problemResponse({
    status: 429,
    error: "rate_limited",
    message: "too many requests with this key",
    headers: { "retry-after": String(retryAfterSeconds) },
  });
}
