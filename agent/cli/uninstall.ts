import { EXIT, type ExitCode, reason } from "../core/errors.ts";
import { renderUninstallStep } from "../plan/systemd/render-steps.ts";
import { alone } from "../run/install/alone.ts";
import { handBack } from "../run/install/hand-back.ts";
import { systemdHost } from "../run/install/systemd-host.ts";
import { planUninstallation } from "../run/install/uninstall.ts";
import type { KnownProject } from "../run/known-project.ts";
import { agree } from "./agree.ts";
import type { CliContext } from "./context.ts";
import { whichProject } from "./which-project.ts";

/** Takes back what `install` made. What runs goes on running, and all data stays. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, output, progress, json, signal } = context;
  const { name: project, paths } = await whichProject(context);
  const systemd = await systemdHost(host, project, signal);
  const titles = await alone(systemd, "uninstall", async () => {
    const { steps, execute } = await planUninstallation(systemd, project);
    const planned = steps.map(renderUninstallStep);
    await agree(context, "uninstall", planned);
    await execute(progress);
    if (steps.length > 0) await restartable(context, { name: project, paths });
    return planned;
  });
  const result = titles.length === 0 ? "unchanged" : "uninstalled";
  if (json) output.json({ schema: 1, result, project, steps: titles, kept: [paths.state] });
  else if (titles.length === 0) output.line(`nothing to do: ${project} is not installed`);
  else output.line(`the containers run on, unwatched; the data of ${project} stays in ${paths.state}`);
  return EXIT.done;
}

/** What the watchdog had taken over from Docker. That the agent is gone does not hang on it. */
async function restartable({ host, progress }: CliContext, project: KnownProject): Promise<void> {
  try {
    for (const name of await handBack(host, project)) progress.say(`docker restarts ${name} again by itself`);
  } catch (thrown) {
    progress.warn(
      `Docker may not restart again what the watchdog had given up: ${reason(thrown)}`,
      "docker update --restart unless-stopped CONTAINER gives it back",
    );
  }
}
