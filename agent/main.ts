import { runCli } from "./cli/cli.ts";
import { interruption } from "./cli/interruption.ts";
import { ownProcess } from "./cli/own-process.ts";
import { memoryStaysOutOfCores } from "./host/memory-stays-out-of-cores.ts";

declare const SOLOFLOW_VERSION: string;

/** Baked in by scripts/build.ts; "development" when run from source. */
const version = typeof SOLOFLOW_VERSION === "string" ? SOLOFLOW_VERSION : "development";

memoryStaysOutOfCores();
const own = ownProcess();

process.exitCode = await runCli(process.argv.slice(2), {
  host: async () => (await import("./host/system-host.ts")).systemHost(),
  process: own,
  version,
  signal: interruption(process),
});

// Nothing is left to be done, but a probe's connection that never opened cannot be given up (host/probe/dial.ts): it
// would keep the process for two minutes. So would a call to the engine that was left to itself, as long as it takes.
setInterval(() => own.isSaid() && process.exit(), 250).unref();
