import "./shutdown/stop-signal.ts"; // first, see there
import { readFileSync } from "node:fs";
import { readGatewayConfig } from "./config/gateway-config.ts";
import { createLog } from "./core/log.ts";
import { runGateway } from "./run-gateway.ts";
import { stopSignal } from "./shutdown/stop-signal.ts";

const log = createLog((line) => process.stdout.write(line));
const reading = readGatewayConfig(process.env, (path) => readFileSync(path, "utf8"));
if (reading.kind === "fault") {
  for (const fault of reading.faults) process.stderr.write(`error: ${fault}\n`);
  process.stderr.write(
    "hint: the gateway reads its configuration from the environment, see .env.docker.example\n",
  );
  process.exit(2);
}
await runGateway(reading.config, log, stopSignal);
process.exit(0);
