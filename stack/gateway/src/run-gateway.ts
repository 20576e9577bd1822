import type { GatewayConfig } from "./config/gateway-config.ts";
import { describeError, type Log } from "./core/log.ts";
import { connect, DATABASE_DEADLINE_MS } from "./database/connect.ts";
import { openDatabase } from "./database/database.ts";
import { createHealth } from "./health/health.ts";
import { type AppOptions, createApp } from "./http/app.ts";
import { createKeyService } from "./keys/key-service.ts";
import { createKeyStore } from "./keys/key-store.ts";
import { createRateLimiter } from "./keys/rate-limit.ts";
import { USE_FLUSH_MS } from "./keys/use-notes.ts";
import { serve } from "./serve.ts";

/** Buckets of keys that were used lately, about 150 bytes each. */
const MAX_RATE_LIMITED_KEYS = 50_000;

/** Serves until `stop` resolves and what is under way is done. The one place where the parts meet. */
export async function runGateway(config: GatewayConfig, log: Log, stop: Promise<string>): Promise<void> {
  const now = () => performance.now();
  let closing = false;
  const database = openDatabase({
    connect: () => connect(config.DATABASE_URL),
    deadlineMs: DATABASE_DEADLINE_MS,
    onChange: (away) => {
      if (away) log("error", away.reason, { cause: describeError(away.cause) });
      else log("info", "database answers again");
    },
  });
  const store = createKeyStore(database);
  const peppers = { peppers: config.API_KEY_PEPPER, backAfterMs: config.PEPPER_BACK_AFTER_MS };
  const { authenticate, useNotes } = createKeyService(store, peppers, log, now);
  const health = createHealth({ probe: store.probe, now });
  const observe = { log, now, isClosing: () => closing };
  const app = createApp({ authenticate, health, log, observe, ...fromConfig(config, log, now) });

  const server = serve(app, config);
  log("info", "listening", { port: server.port, services: config.UPSTREAMS.size + 1 });
  void health();
  const flushing = setInterval(useNotes.flush, USE_FLUSH_MS);

  const signal = await stop;
  closing = true;
  log("info", "stopping", { signal, pending: server.pending() });
  clearInterval(flushing);
  const ended = await server.end();
  await useNotes.flush();
  log("info", "stopped", { ended });
}

function fromConfig(
  config: GatewayConfig,
  log: Log,
  now: () => number,
): Pick<AppOptions, "corsOrigins" | "peppers" | "proxy" | "rateLimit" | "takeToken"> {
  const rateLimit = { perSecond: config.RATE_LIMIT_PER_SECOND, burst: config.RATE_LIMIT_BURST };
  const limiter = createRateLimiter(rateLimit, MAX_RATE_LIMITED_KEYS);
  const limits = {
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
    idleTimeoutMs: config.UPSTREAM_IDLE_TIMEOUT_MS,
    maxBodyBytes: config.MAX_BODY_BYTES,
  };
  return {
    corsOrigins: config.CORS_ORIGINS,
    peppers: config.API_KEY_PEPPER,
    proxy: { upstreams: config.UPSTREAMS, limits, log },
    rateLimit,
    takeToken: (keyId) => limiter(keyId, now()),
  };
}
