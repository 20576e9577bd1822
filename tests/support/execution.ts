import type { Execution } from "../../agent/run/deploy/execution.ts";
import { projectPaths } from "../../agent/run/project.ts";
import { configOf, desiredOf, STACK_TOML } from "./desired.ts";
import { recordedProgress } from "./recorded-progress.ts";
import { type Script, type ScriptedHost, scriptedHost } from "./scripted-host.ts";

/** A deploy of the stack under way on a scripted host; `cancel` is Ctrl-C. */
export function executionOf(
  script: Script,
): Disposable & { execution: Execution; host: ScriptedHost; cancel: () => void } {
  const host = scriptedHost(script);
  const controller = new AbortController();
  const project = {
    ...{ config: configOf(STACK_TOML), configFile: host.folder.at("soloflow.toml") },
    ...{ root: host.folder.path, paths: projectPaths("demo", host) },
  };
  const execution: Execution = {
    ...{ host, exec: host.exec, project, desired: desiredOf(), before: undefined },
    ...{ progress: recordedProgress(), log: () => undefined, signal: controller.signal },
    ...{ done: [], replaced: [], readyAfterMs: new Map() },
    get store(): never {
      throw new Error("no store in this test");
    },
  };
  return {
    execution,
    host,
    cancel: () => controller.abort(),
    [Symbol.dispose]: () => host[Symbol.dispose](),
  };
}
