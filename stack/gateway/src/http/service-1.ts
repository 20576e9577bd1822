import { Hono } from "hono";
import { problemResponse } from "../core/problem.ts";
import type { GatewayEnv } from "./gateway-env.ts";
import { readUpTo } from "./read-up-to.ts";

export const SERVICE_1 = "service-1";

/** 64 KiB: it is hashed and thrown away, so that this only has to be enough to try things with. */
const MAX_BODY_BYTES = 65_536;

const ALLOWED = "GET, HEAD, POST, OPTIONS";

/** A service to try a key with: `/test` says back what it was asked. */
export function service1(): Hono<GatewayEnv> {
  const routes = new Hono<GatewayEnv>();
  routes.get("/test", (context) =>
    context.json({ service: SERVICE_1, method: context.req.method, path: context.req.path }),
  );
  routes.post("/test", async (context) => {
    const body = await readUpTo(context.req.raw.body, MAX_BODY_BYTES);
    if (!body) {
      return problemResponse({
        status: 413,
        error: "too_large",
        message: `the body is over ${MAX_BODY_BYTES} bytes`,
      });
    }
    const sha256 = new Bun.CryptoHasher("sha256").update(body).digest("hex");
    const { method, path } = context.req;
    return context.json({ service: SERVICE_1, method, path, body: { bytes: body.byteLength, sha256 } });
  });
  routes.options("/test", () => new Response(null, { status: 204, headers: { allow: ALLOWED } }));
  routes.all("/test", () =>
    problemResponse({
      status: 405,
      error: "method_not_allowed",
      message: `only ${ALLOWED}`,
      headers: { allow: ALLOWED },
    }),
  );
  return routes;
}
