import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { renderUninstallStep } from "../plan/systemd/render-steps.ts";
import { systemdHost } from "../run/install/systemd-host.ts";
import { planUninstallation } from "../run/install/uninstall.ts";
import type { CliContext } from "./context.ts";
import { whichProject } from "./which-project.ts";

/** Takes back what `install` made. What runs goes on running, and all data stays. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, output, progress, ask, json, signal } = context;
  const project = await whichProject(context);
  const systemd = await systemdHost(host, project.name, signal);
  const { steps, execute } = await planUninstallation(systemd, project.name);
  const titles = steps.map(renderUninstallStep);
  if (!json) for (const [index, title] of titles.entries()) output.line(`${index + 1}. ${title}`);
  if (steps.length > 0 && !(await ask.confirm("Do this now?"))) {
    throw new SoloflowError("usage", "nothing was changed", {
      hint: "soloflow-agent uninstall --yes does it without asking",
      exitCode: EXIT.usage,
    });
  }
  await execute(progress);
  const result = steps.length === 0 ? "unchanged" : "uninstalled";
  if (json)
    output.json({ schema: 1, result, project: project.name, steps: titles, kept: [project.paths.state] });
  else if (steps.length === 0) output.line(`nothing to do: ${project.name} is not installed`);
  else
    output.line(
      `the containers run on, unwatched; the data of ${project.name} stays in ${project.paths.state}`,
    );
  return EXIT.done;
}
