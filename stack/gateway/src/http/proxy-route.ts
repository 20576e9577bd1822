import type { Context } from "hono";
import type { UpstreamList } from "../config/upstream-list.ts";
import type { Log } from "../core/log.ts";
import { type Problem, problemResponse } from "../core/problem.ts";
import type { ForwardFailure, ForwardLimits } from "../proxy/exchange.ts";
import { forward } from "../proxy/forward.ts";
import { targetUrl } from "../proxy/target-url.ts";
import { upstreamHeaders } from "../proxy/upstream-headers.ts";
import type { GatewayEnv } from "./gateway-env.ts";

export type ProxyOptions = {
  readonly upstreams: UpstreamList;
  readonly limits: ForwardLimits;
  readonly log: Log;
};

const UNKNOWN: Problem = { status: 404, error: "not_found", message: "there is no such service" };
const NO_UPGRADE: Problem = { status: 501, error: "not_supported", message: "WebSockets are not passed on" };

const PROBLEMS: Readonly<Record<ForwardFailure, Problem>> = {
  unreachable: { status: 502, error: "bad_gateway", message: "the service cannot be reached" },
  timeout: { status: 504, error: "gateway_timeout", message: "the service did not answer in time" },
  "too large": { status: 413, error: "too_large", message: "the body is too large" },
  gone: { status: 499, error: "client_closed_request", message: "the caller went away" },
};

/** Answers `/api/v1/<service>` and everything below it by asking the service's upstream. */
export function proxyRoute({ upstreams, limits, log }: ProxyOptions) {
  return async (context: Context<GatewayEnv>, service: string, rest: string): Promise<Response> => {
    const upstream = upstreams.get(service);
    const request = context.req.raw;
    const url = new URL(request.url);
    const target = upstream && targetUrl(upstream, rest, url.search);
    if (!target) return problemResponse(UNKNOWN);
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket") return problemResponse(NO_UPGRADE);
    const { keyId, userId } = context.get("row");
    const caller = { address: context.env.address, keyId, userId, requestId: context.get("requestId") };
    const forwarded = await forward(request, target, upstreamHeaders(request, url, caller), limits);
    if (forwarded.kind === "answered") return forwarded.response;
    const { failure, cause } = forwarded;
    if (failure !== "gone")
      log("warn", "service failed", { service, failure, cause, requestId: caller.requestId });
    return problemResponse(PROBLEMS[failure]);
  };
}
