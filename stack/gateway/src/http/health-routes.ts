import { Hono } from "hono";
import type { Log } from "../core/log.ts";
import type { Health } from "../health/health.ts";
import type { GatewayEnv } from "./gateway-env.ts";

const NO_STORE = { "cache-control": "no-store" } as const;

/** `/actuator/health` is readiness; `/actuator/health/liveness` touches nothing but this process. */
export function healthRoutes(health: () => Promise<Health>, log: Log): Hono<GatewayEnv> {
  let wasReady = false;
  const routes = new Hono<GatewayEnv>();
  routes.get("/liveness", (context) => context.json({ status: "UP" }, 200, NO_STORE));
  routes.get("/", async (context) => {
    const state = await health();
    if (state.status === "DOWN") return context.json(state, 503, NO_STORE);
    if (!wasReady) log("info", "ready");
    wasReady = true;
    return context.json(state, 200, NO_STORE);
  });
  return routes;
}
