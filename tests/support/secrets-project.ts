import { mkdtempSync, rmSync } from "node:fs";
import type { Config } from "../../agent/config/config.ts";
import type { Progress } from "../../agent/core/progress.ts";
import { type Project, projectPaths } from "../../agent/run/project.ts";
import { type Script, type ScriptedHost, scriptedHost } from "./scripted-host.ts";
import { secretsConfig } from "./secrets-config.ts";

export type SecretsProject = Disposable & {
  host: ScriptedHost;
  project: Project;
  /** What was said, warned and stepped through. */
  said: string[];
  progress: Progress;
  /** The same project with another configuration. */
  withConfig(config: Config): Project;
};

/** A project on real files, its run folder in memory; a process or a call to Docker throws. */
export function secretsProject(script: Script = {}): SecretsProject {
  const run = mkdtempSync("/dev/shm/sft-");
  const host = scriptedHost({ ...script, env: { SOLOFLOW_RUN_DIR: run, ...script.env } });
  const said: string[] = [];
  const say = (line = "") => void said.push(line);
  const withConfig = (config: Config): Project => ({
    config,
    configFile: host.folder.at("soloflow.toml"),
    root: host.folder.path,
    paths: projectPaths(config.project, host),
  });
  return {
    host,
    project: withConfig(secretsConfig()),
    said,
    progress: {
      step: (title) => ({ detail: () => {}, done: () => say(title), fail: () => say(title) }),
      say,
      warn: say,
    },
    withConfig,
    [Symbol.dispose]: () => {
      host[Symbol.dispose]();
      rmSync(run, { recursive: true, force: true });
    },
  };
}

/** The user that runs the tests, and as root one of a container's: files can be given to both. */
export const receiver = (
  name: string,
  id = process.getuid?.() === 0 ? 10001 : (process.getuid?.() ?? 0),
) => ({
  name,
  uid: id,
  gid: id,
});
