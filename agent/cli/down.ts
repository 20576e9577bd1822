import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { down, ownVolumes } from "../run/down.ts";
import { knownProject } from "../run/known-project.ts";
import type { CliContext } from "./context.ts";

export async function run(context: CliContext): Promise<ExitCode> {
  const { host, options, configFile, ask, progress, output, json, waitMs, signal } = context;
  const project = await knownProject(host, configFile);
  const volumes = options.volumes === true;
  if (volumes) {
    const names = await ownVolumes(host, project);
    const question = `This deletes all data of ${project.name} for good: ${names.join(", ")}.`;
    if (!(await ask.typed(question, project.name))) {
      throw new SoloflowError("cancelled", "nothing was stopped or deleted", {
        hint: `type the project's name when asked, or say --yes`,
        exitCode: EXIT.usage,
      });
    }
  }
  await down(host, project, { volumes, waitMs, progress, signal });
  if (json) output.json({ schema: 1, project: project.name, volumes });
  return EXIT.done;
}
