import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { table } from "../core/table.ts";
import { knownProject } from "../run/known-project.ts";
import type { ServiceStatus } from "../run/status/service-status.ts";
import { readStatus, type Status } from "../run/status/status.ts";
import type { CliContext } from "./context.ts";
import type { Output } from "./output.ts";

/** Exit code 6 where Docker cannot be reached, else 0: what is wrong with a service is in the answer. */
export async function run({ host, configFile, json, output }: CliContext): Promise<ExitCode> {
  const status = await readStatus(host, await knownProject(host, configFile), { detail: json });
  if (json) output.json({ schema: 1, ...status });
  else print(status, output, host.clock.now());
  return status.engine.reachable ? EXIT.done : EXIT.noDocker;
}

function print(status: Status, output: Output, nowMs: number): void {
  const { engine } = status;
  const docker = engine.reachable
    ? `docker ${engine.version}`
    : output.inLine.bad("docker cannot be reached");
  output.line(`${status.project}, release ${status.release ?? "none"}, ${docker}`);
  if (status.services.length === 0) {
    if (engine.reachable) output.line("nothing is deployed yet: soloflow-agent deploy");
    return;
  }
  const head = ["SERVICE", "STATE", "FOR", "READY AFTER", "RESTARTS", "CONTAINER"];
  for (const line of table([head, ...status.services.map((service) => row(service, output, nowMs))]))
    output.line(line);
}

const GOOD = new Set(["ready", "completed"]);

function row(service: ServiceStatus, output: Output, nowMs: number): string[] {
  const state = GOOD.has(service.state)
    ? output.inLine.good(service.state)
    : output.inLine.bad(service.state);
  const runs = service.startedAt !== null && !["stopped", "completed"].includes(service.state);
  const others = service.instances.filter((instance) => instance.role !== "serving");
  const container = [
    service.container ?? "-",
    ...others.map((other) => `(${other.container} ${other.role})`),
  ];
  return [
    service.name,
    state,
    runs ? formatDuration(nowMs - Date.parse(service.startedAt ?? "")) : "-",
    service.readyAfterMs === null ? "-" : formatDuration(service.readyAfterMs),
    String(service.restarts),
    container.join(" "),
  ];
}
