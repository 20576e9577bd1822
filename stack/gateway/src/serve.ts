import type { Hono } from "hono";
import type { GatewayEnv } from "./http/gateway-env.ts";
import { untilQuiet } from "./shutdown/until-quiet.ts";

export type Serving = {
  readonly port: number;
  readonly pending: () => number;
  /** Goes on answering until it is quiet, or for END_LIMIT_MS, and closes then. */
  end(): Promise<"quiet" | "late">;
};

/** In ms. With the last query's deadline after it this stays below the 10 s that Docker grants. */
const END_LIMIT_MS = 8400;

/** Long enough for a request that is on its way while an ingress turns to the other colour. */
const QUIET_MS = 100;

/**
 * A connection on which nothing moves is closed after this, in s; Bun takes no
 * more. It is longer than an ingress keeps an unused one (Caddy: 120 s), so that
 * the ingress closes first and never sends into a connection that just ended.
 */
const IDLE_CONNECTION_S = 255;

/** Serves `app` on HTTP/1.1. Bodies are bounded where they are read, so the server itself sets no limit. */
export function serve(app: Hono<GatewayEnv>, { HOST, PORT }: { HOST: string; PORT: number }): Serving {
  const now = () => performance.now();
  let total = 0;
  const server = Bun.serve({
    hostname: HOST,
    port: PORT,
    reusePort: false, // said, because `development: false` turns it on, and two gateways would share a port unnoticed
    idleTimeout: IDLE_CONNECTION_S,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch(request, self) {
      total += 1;
      return app.fetch(request, { address: self.requestIP(request)?.address });
    },
  });
  const traffic = { pending: () => server.pendingRequests, total: () => total };
  return {
    port: server.port ?? PORT,
    pending: traffic.pending,
    async end() {
      const latest = now() + END_LIMIT_MS;
      const ended = await untilQuiet(traffic, {
        quietMs: QUIET_MS,
        limitMs: END_LIMIT_MS,
        now,
        sleep: Bun.sleep,
      });
      await Promise.race([server.stop(ended === "late"), Bun.sleep(latest - now())]);
      return ended;
    },
  };
}
