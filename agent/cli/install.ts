import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { breakGlass } from "../plan/systemd/break-glass.ts";
import { agentUnit, BINARY } from "../plan/systemd/places.ts";
import { renderInstallStep } from "../plan/systemd/render-steps.ts";
import { planInstallation } from "../run/install/install.ts";
import { systemdHost } from "../run/install/systemd-host.ts";
import { undeliveredSecrets } from "../run/install/undelivered-secrets.ts";
import { ownProgram } from "../run/own-program.ts";
import type { CliContext } from "./context.ts";
import { whichProject } from "./which-project.ts";

/** Makes systemd run the agent for the project, now and after each boot. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, output, progress, ask, json, signal } = context;
  const project = await whichProject(context);
  const systemd = await systemdHost(host, project.name, signal);
  const { steps, execute } = await planInstallation(systemd, project.name, executable());
  const titles = steps.map(renderInstallStep);
  if (steps.length > 0) {
    if (!json) for (const [index, title] of titles.entries()) output.line(`${index + 1}. ${title}`);
    await consent(ask);
    await execute(progress);
  }
  const late = await undeliveredSecrets(host, project);
  if (late)
    progress.warn(
      "the secrets were delivered by an older agent and would not come back after a reboot",
      "soloflow-agent deploy writes down what that takes",
    );
  const unit = agentUnit(project.name);
  const line = breakGlass(project.name);
  if (json) {
    const result = steps.length === 0 ? "unchanged" : "installed";
    output.json({
      schema: 1,
      result,
      project: project.name,
      unit,
      binary: BINARY,
      steps: titles,
      breakGlass: line,
    });
    return EXIT.done;
  }
  output.line(
    steps.length === 0 ? `nothing to do: ${unit} is ready` : `${output.inLine.good("ready")}: ${unit}`,
  );
  output.line("");
  output.line("Should this program ever be lost, keep this line. It starts the stack without it:");
  output.line(`  ${line}`);
  output.line(`Secrets that are not in memory come first: docs/without-the-agent.md says how.`);
  return EXIT.done;
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

async function consent(ask: CliContext["ask"]): Promise<void> {
  if (await ask.confirm("Do this now?")) return;
  throw new SoloflowError("usage", "nothing was changed", {
    hint: "soloflow-agent install --yes does it without asking",
    exitCode: EXIT.usage,
  });
}
