import type { MiddlewareHandler } from "hono";
import { createLineBudget } from "../core/line-budget.ts";
import type { Log } from "../core/log.ts";
import type { GatewayEnv } from "./gateway-env.ts";
import { requestId } from "./request-id.ts";

export type ObserveOptions = {
  readonly log: Log;
  readonly now: () => number;
  /** The gateway is about to end: connections are closed after their answer. */
  readonly isClosing: () => boolean;
};

/** Refused requests in the log, each second; more than these are counted only. */
const LINES_PER_SECOND = 20;

/** What a browser should know of every answer that does not say otherwise itself. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
};

/** Gives each request its id, each answer its common headers, and each refusal its line of log. */
export function observe({ log, now, isClosing }: ObserveOptions): MiddlewareHandler<GatewayEnv> {
  const budget = createLineBudget(LINES_PER_SECOND, now);
  return async (context, next) => {
    const began = now();
    const id = requestId(context.req.header("x-request-id"));
    context.set("requestId", id);
    await next();
    const { headers, status } = context.res;
    headers.set("x-request-id", id);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!headers.has(name)) headers.set(name, value);
    }
    if (isClosing()) headers.set("connection", "close");
    if (status < 400) return;
    const { granted, withheld } = budget();
    if (!granted) return;
    const { method, path } = context.req;
    const keyId = context.get("row")?.keyId;
    const ms = Math.round(now() - began);
    log(status < 500 ? "warn" : "error", "refused", {
      requestId: id,
      method,
      path,
      status,
      ms,
      keyId,
      withheld,
    });
  };
}
