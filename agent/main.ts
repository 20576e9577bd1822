import { runCli } from "./cli/cli.ts";
import { interruption } from "./cli/interruption.ts";

declare const SOLOFLOW_VERSION: string;

/** Baked in by scripts/build.ts; "development" when run from source. */
const version = typeof SOLOFLOW_VERSION === "string" ? SOLOFLOW_VERSION : "development";

// Whoever reads what is printed may stop reading: `soloflow-agent history | head`. What is under way goes on to its
// end all the same, and the exit code is its own.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

process.exitCode = await runCli(process.argv.slice(2), {
  host: async () => (await import("./host/system-host.ts")).systemHost(),
  process,
  version,
  signal: interruption(process),
});

// Nothing is left to be done, but a probe's connection that never opened cannot be given up (host/probe/dial.ts): it
// would keep the process for two minutes. So would a call to the engine that was left to itself, as long as it takes.
const isSaid = () => process.stdout.writableLength + process.stderr.writableLength === 0;
setInterval(() => isSaid() && process.exit(), 250).unref();
