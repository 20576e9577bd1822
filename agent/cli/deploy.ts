import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { table } from "../core/table.ts";
import { deploy } from "../run/deploy/deploy.ts";
import type { DeployResult } from "../run/deploy/deploy-result.ts";
import { comesBack } from "../run/install/comes-back.ts";
import { loadProject } from "../run/load-project.ts";
import type { CliContext } from "./context.ts";

export async function run(context: CliContext): Promise<ExitCode> {
  const { host, args, configFile, json, output, progress, signal, waitMs } = context;
  const project = await loadProject(host, configFile);
  const result = await deploy(host, project, { only: args, waitMs, progress, signal });
  if (json) output.json({ schema: 1, ...result.document });
  else if (result.failure === undefined) await print(result, context, project.config.project);
  if (result.failure !== undefined) throw result.failure;
  return EXIT.done;
}

async function print(
  { document, addresses }: DeployResult,
  { output, host }: CliContext,
  project: string,
): Promise<void> {
  const time = formatDuration(document.durationMs);
  const release = document.release ?? "none";
  if (document.result === "unchanged") output.line(`nothing changed: release ${release} serves (${time})`);
  else output.line(`${output.inLine.good("deployed")} release ${release} in ${time}`);
  for (const line of table(addresses.map(([service, address]) => [`  ${service}`, address])))
    output.line(line);
  if (document.result === "deployed" && !(await comesBack(host, project)))
    output.note(
      "after a reboot run soloflow-agent up; soloflow-agent install makes that, and a watchdog, a service",
    );
}
