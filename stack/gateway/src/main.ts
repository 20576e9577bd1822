import "./shutdown/stop-signal.ts"; // first, see there
import { readFileSync } from "node:fs";
import { readGatewayConfig } from "./config/gateway-config.ts";
import { createLog, describeError } from "./core/log.ts";
import { runGateway } from "./run-gateway.ts";
import { stopSignal } from "./shutdown/stop-signal.ts";

const log = createLog((line) => process.stdout.write(line));

function fail(error: unknown): never {
  log("error", "the gateway failed", { cause: describeError(error) });
  process.exit(1);
}
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

const reading = readGatewayConfig(process.env, (path) => readFileSync(path, "utf8"));
if (reading.kind === "fault") {
  for (const fault of reading.faults) process.stderr.write(`error: ${fault}\n`);
  process.stderr.write("hint: correct the gateway's environment; its README.md explains every name\n");
  process.exit(2);
}
await runGateway(reading.config, log, stopSignal).catch(fail);
process.exit(0);
