import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import next from "next";
import { readText } from "./lib/config/config.ts";
import { type ProviderConfig, readProviderConfig } from "./lib/config/provider-config.ts";
import { describeError, log } from "./lib/log.ts";
import { clientAddress } from "./lib/server/client-address.ts";
import { watchTraffic } from "./lib/server/drain.ts";
import { refusedForSize } from "./lib/server/request-limits.ts";
import { secretFingerprints } from "./lib/server/secret-fingerprints.ts";

/**
 * The process of the image, in place of the server.js that Next.js writes. That
 * one stops listening at the moment of SIGTERM, while requests may still be on
 * their way, and starts with any configuration; this one drains (drain.ts) and
 * refuses a faulty configuration with all its faults. Exit codes: 0 after
 * SIGTERM, 1 when it cannot start, 2 for a faulty configuration.
 */
const dir = import.meta.dirname;
const port = Number(process.env.PORT ?? 3000);
const DRAIN = { quietMs: 250, limitMs: 10_000 };

async function main(): Promise<void> {
  const answeredInside = secretFingerprints(soundConfiguration());
  process.chdir(dir);
  // Next.js reads its own configuration from here when there is no next.config file, as in a standalone build.
  const built = JSON.parse(readFileSync(".next/required-server-files.json", "utf8"));
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(built.config);

  const app = next({ dev: false, dir, port, quiet: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, (request, response) => {
    if (refusedForSize(request, response) || answeredInside(request, response)) return;
    const forwarded = request.headers["x-forwarded-for"];
    request.headers["x-forwarded-for"] = clientAddress(request.socket.remoteAddress, String(forwarded ?? ""));
    void handle(request, response);
  });
  // Longer than the ingress keeps a connection, so that it never sends a request into one that just closed.
  server.keepAliveTimeout = 150_000;
  const traffic = watchTraffic(server, DRAIN);
  const stop = async (signal: string) => {
    log("info", "stopping", { signal });
    log("info", "stopped", { left: await traffic.drain() });
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  server.listen(port, () => log("info", "listening", { port }));
  server.once("error", fail);
}

/** Ends the process with every fault told, if there is one. */
function soundConfiguration(): ProviderConfig {
  const { config, faults, warnings } = readProviderConfig(process.env, readText);
  for (const warning of warnings) log("warn", "configuration", { fault: warning });
  for (const fault of faults) log("error", "configuration", { fault });
  return config ?? process.exit(2);
}

function fail(error: unknown): void {
  log("error", "cannot start", { error: describeError(error) });
  process.exit(1);
}

main().catch(fail);
