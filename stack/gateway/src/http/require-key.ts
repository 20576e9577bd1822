import type { MiddlewareHandler } from "hono";
import { type Problem, problemResponse } from "../core/problem.ts";
import { DatabaseAway } from "../database/database-away.ts";
import type { Verdict } from "../keys/authenticate.ts";
import type { GatewayEnv } from "./gateway-env.ts";

const MISSING: Problem = {
  status: 401,
  error: "unauthorized",
  message: "the X-API-Key header is missing",
  headers: { "www-authenticate": "X-API-Key" },
};
const INVALID: Problem = { ...MISSING, message: "the API key is not valid" };
const AWAY: Problem = {
  status: 503,
  error: "unavailable",
  message: "keys cannot be checked at the moment",
  headers: { "retry-after": "1" },
};

/** Lets a request with a good key pass, and nothing else. */
export function requireKey(
  authenticate: (header: string | null) => Promise<Verdict>,
): MiddlewareHandler<GatewayEnv> {
  return async (context, next) => {
    try {
      const verdict = await authenticate(context.req.header("x-api-key") ?? null);
      if (verdict.kind === "refused")
        return problemResponse(verdict.because === "missing" ? MISSING : INVALID);
      context.set("row", verdict.row);
    } catch (error) {
      if (error instanceof DatabaseAway) return problemResponse(AWAY);
      throw error;
    }
    return next();
  };
}
