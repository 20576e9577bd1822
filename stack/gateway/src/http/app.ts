import { Hono } from "hono";
import type { PepperList } from "../config/pepper-list.ts";
import { describeError, type Log } from "../core/log.ts";
import { problemResponse } from "../core/problem.ts";
import type { Health } from "../health/health.ts";
import type { Verdict } from "../keys/authenticate.ts";
import type { RateLimit, RateVerdict } from "../keys/rate-limit.ts";
import { cors } from "./cors.ts";
import type { GatewayEnv } from "./gateway-env.ts";
import { healthRoutes } from "./health-routes.ts";
import { limitRate } from "./limit-rate.ts";
import { type ObserveOptions, observe } from "./observe.ts";
import { type ProxyOptions, proxyRoute } from "./proxy-route.ts";
import { requireKey } from "./require-key.ts";
import { secretsRoute } from "./secrets-route.ts";
import { SERVICE_1, service1 } from "./service-1.ts";

export type AppOptions = {
  readonly authenticate: (header: string | null) => Promise<Verdict>;
  readonly corsOrigins: ReadonlySet<string>;
  readonly health: () => Promise<Health>;
  readonly log: Log;
  readonly observe: ObserveOptions;
  readonly peppers: PepperList;
  readonly proxy: ProxyOptions;
  readonly rateLimit: RateLimit;
  readonly takeToken: (keyId: string) => RateVerdict;
};

/** The part of the path after the service's name keeps its bytes: hono's own parameters are decoded. */
const API_PATH = /^\/api\/v1\/([^/]+)(.*)$/;

/** Everything that the gateway answers, without a server around it. */
export function createApp(options: AppOptions): Hono<GatewayEnv> {
  const { log } = options;
  const app = new Hono<GatewayEnv>();
  app.onError((error) => {
    log("error", "unexpected error", { cause: describeError(error) });
    return problemResponse({ status: 500, error: "internal", message: "something went wrong here" });
  });
  app.notFound(() => problemResponse({ status: 404, error: "not_found", message: "there is nothing here" }));
  app.use(observe(options.observe));
  app.route("/actuator/health", healthRoutes(options.health, log));
  app.route("/internal/secrets", secretsRoute(options.peppers));
  app.route("/api/v1", api(options));
  return app;
}

function api(options: AppOptions): Hono<GatewayEnv> {
  const proxy = proxyRoute(options.proxy);
  const routes = new Hono<GatewayEnv>();
  routes.use(cors(options.corsOrigins), requireKey(options.authenticate));
  routes.use(limitRate(options.rateLimit, options.takeToken));
  routes.route(`/${SERVICE_1}`, service1());
  routes.all("/*", (context) => {
    const [, service = "", rest = ""] = API_PATH.exec(new URL(context.req.raw.url).pathname) ?? [];
    return proxy(context, service, rest);
  });
  return routes;
}
