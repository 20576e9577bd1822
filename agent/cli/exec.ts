import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { dockerExec } from "../plan/docker.ts";
import { refuseWithoutDocker } from "../run/docker-command.ts";
import { deployedUnits } from "../run/instances.ts";
import { knownProject } from "../run/known-project.ts";
import { servingContainer } from "../run/serving-container.ts";
import type { CliContext } from "./context.ts";
import { refuseJson } from "./refuse-json.ts";

/** A shell somebody forgot ends after a day. */
const SESSION_MS = 24 * 3_600_000;

/** Runs a command in the container that serves. The exit code is 0 when the command's is, else 1. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, args, configFile, output } = context;
  refuseJson(context, "exec");
  const [service, ...argv] = args;
  if (service === undefined || argv.length === 0) {
    throw new SoloflowError("usage", "exec needs a service and a command", {
      hint: "for instance: soloflow-agent exec gateway -- sh",
      exitCode: EXIT.usage,
    });
  }
  const project = await knownProject(host, configFile);
  const [unit] = await deployedUnits(host, project, [service]);
  const container = unit === undefined ? undefined : await servingContainer(host, project, unit);
  if (container?.state !== "running") {
    throw new SoloflowError("not-running", `${service} is not running`, { hint: "soloflow-agent status" });
  }
  const command = dockerExec(container.id, argv, {
    terminal: process.stdin.isTTY === true && output.isTerminal,
  });
  const outcome = await host.exec(command, { timeoutMs: SESSION_MS, stdio: "inherit" });
  if (outcome.kind === "missing") await refuseWithoutDocker(host, outcome);
  return outcome.kind === "ok" ? EXIT.done : EXIT.failed;
}
