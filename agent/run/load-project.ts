import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { type Fault, formatFault } from "../config/fault.ts";
import { parseConfig } from "../config/parse.ts";
import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { type Project, projectPaths, projectRoot } from "./project.ts";

/** What stands in the configuration file; `config` is there when no fault is an error. */
export type ReadConfig = { text: string; config?: Config | undefined; faults: Fault[] };

/**
 * Reads the configuration file without judging it. `name` is what faults call it.
 * Errors: SoloflowError "config" (exit code 2) when there is no such file.
 */
export async function readConfig(
  host: Pick<Host, "files">,
  configFile: string,
  name: string = configFile,
): Promise<ReadConfig> {
  const text = await host.files.readText(resolve(configFile));
  if (text === undefined) {
    throw new SoloflowError("config", `there is no ${name}`, {
      hint: "write one with: soloflow-agent init (or name another file with --config)",
      exitCode: EXIT.usage,
    });
  }
  return { text, ...parseConfig(text, name) };
}

/**
 * The project that a configuration file describes.
 * Errors: SoloflowError "config" (exit code 2) whose message is every fault, one below the other.
 */
export async function loadProject(
  host: Pick<Host, "files" | "env" | "uid">,
  configFile: string,
): Promise<Project> {
  const { config, faults } = await readConfig(host, configFile);
  if (config === undefined) {
    const errors = faults.filter((fault) => fault.severity === "error");
    throw new SoloflowError("config", errors.map(formatFault).join("\n"), { exitCode: EXIT.usage });
  }
  return projectOf(config, configFile, host);
}

/** Where everything of a read configuration lies. */
export function projectOf(config: Config, configFile: string, host: Pick<Host, "env" | "uid">): Project {
  return {
    config,
    configFile: resolve(configFile),
    root: projectRoot(configFile),
    paths: projectPaths(config.project, host),
  };
}
