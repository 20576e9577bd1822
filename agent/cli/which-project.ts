import { EXIT, SoloflowError } from "../core/errors.ts";
import { type KnownProject, knownProject } from "../run/known-project.ts";
import { projectPaths } from "../run/project.ts";
import type { CliContext } from "./context.ts";

/** The project that `--project` names, else that of the configuration file. Errors: as `knownProject`; "usage". */
export async function whichProject({ host, options, configFile }: CliContext): Promise<KnownProject> {
  if (options.project === undefined) return knownProject(host, configFile);
  const name = String(options.project);
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return { name, paths: projectPaths(name, host) };
  throw new SoloflowError("usage", `--project: "${name}" is not the name of a project`, {
    hint: "it is what soloflow.toml says at its top: project = …",
    exitCode: EXIT.usage,
  });
}
