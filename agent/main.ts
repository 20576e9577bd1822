import { runCli } from "./cli/cli.ts";

declare const SOLOFLOW_VERSION: string;

/** Baked in by scripts/build.ts; "development" when run from source. */
const version = typeof SOLOFLOW_VERSION === "string" ? SOLOFLOW_VERSION : "development";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => interrupted.abort(signal));

// Whoever reads what is printed may stop reading: `soloflow-agent logs | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runCli(process.argv.slice(2), {
  host: async () => (await import("./host/system-host.ts")).systemHost(),
  process,
  version,
  signal: interrupted.signal,
});
