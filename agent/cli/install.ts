import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { breakGlass } from "../plan/systemd/break-glass.ts";
import { agentUnit, BINARY, timerUnit } from "../plan/systemd/places.ts";
import type { Keeper } from "../plan/systemd/plan-install.ts";
import { renderInstallStep } from "../plan/systemd/render-steps.ts";
import { alone } from "../run/install/alone.ts";
import { planInstallation } from "../run/install/install.ts";
import { systemdHost } from "../run/install/systemd-host.ts";
import { undeliveredSecrets } from "../run/install/undelivered-secrets.ts";
import { ownProgram } from "../run/own-program.ts";
import { agree } from "./agree.ts";
import type { CliContext } from "./context.ts";
import { whichProject } from "./which-project.ts";

/** Makes systemd run the agent for the project, now and after each boot; with --timer only what rotates its secrets. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, options, progress, signal } = context;
  const keeper = options.timer === true ? "timer" : "agent";
  const project = await whichProject(context);
  const systemd = await systemdHost(host, project.name, signal);
  const titles = await alone(systemd, "install", async () => {
    const { steps, execute } = await planInstallation(systemd, project.name, executable(), keeper);
    const planned = steps.map(renderInstallStep);
    await agree(context, "install", planned);
    await execute(progress);
    return planned;
  });
  if (await undeliveredSecrets(host, project))
    progress.warn(
      "the secrets were delivered by an older agent and would not come back after a reboot",
      "soloflow-agent deploy writes down what that takes",
    );
  report(context, { project: project.name, keeper }, titles);
  return EXIT.done;
}

function report(
  { json, output }: CliContext,
  { project, keeper }: { project: string; keeper: Keeper },
  steps: readonly string[],
): void {
  const unit = keeper === "agent" ? agentUnit(project) : timerUnit(project);
  const line = breakGlass(project);
  if (json) {
    const result = steps.length === 0 ? "unchanged" : "installed";
    output.json({ schema: 1, result, project, unit, binary: BINARY, steps, breakGlass: line });
    return;
  }
  const done = `${output.inLine.good("ready")}: ${unit}`;
  output.line(steps.length === 0 ? `nothing to do: ${unit} is ready` : done);
  output.line("");
  output.line("Should this program ever be lost, keep this line. It starts the stack without it:");
  output.line(`  ${line}`);
  output.line("Where secrets are not in memory, first this, with any copy of it that there is:");
  output.line(`  ./soloflow-agent secrets render --project ${project}`);
  output.line("and with none of them: docs/without-the-agent.md of its sources.");
}

/** The file of this program. Errors: SoloflowError "install" (exit 2) when it runs from source. */
function executable(): string {
  const [file, source] = ownProgram();
  if (source === undefined) return file;
  throw new SoloflowError("install", "this soloflow-agent runs from source and is no file of its own", {
    hint: "build it: npm run build; then dist/soloflow-agent install",
    exitCode: EXIT.usage,
  });
}
