import { resolve } from "node:path";
import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { type ProjectPaths, projectPaths } from "./project.ts";

/** A project of which only the name is needed: to look at what runs, however broken the rest of its file is. */
export type KnownProject = { name: string; paths: ProjectPaths };

/**
 * Reads nothing but `project` from the configuration: looking must be quick, and must work at night with a file that
 * somebody has half edited. Errors: SoloflowError "config" (exit 2) when there is no file or no project in it.
 */
export async function knownProject(
  host: Pick<Host, "files" | "env" | "uid">,
  configFile: string,
): Promise<KnownProject> {
  const text = await host.files.readText(resolve(configFile));
  if (text === undefined) {
    throw new SoloflowError("config", `there is no ${configFile} here`, {
      hint: "go to the folder of your soloflow.toml, or name it with --config",
      exitCode: EXIT.usage,
    });
  }
  const name = projectName(text, configFile);
  return { name, paths: projectPaths(name, host) };
}

function projectName(text: string, configFile: string): string {
  const line = /^[ \t]*project[ \t]*=[ \t]*(?:"([a-z0-9][a-z0-9_-]*)"|'([a-z0-9][a-z0-9_-]*)')/m.exec(text);
  const name = line?.[1] ?? line?.[2];
  if (name !== undefined) return name;
  throw new SoloflowError("config", `${configFile} does not name its project`, {
    hint: 'write project = "NAME" at its top; soloflow-agent check says more',
    exitCode: EXIT.usage,
  });
}
