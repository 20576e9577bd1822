import { join, resolve } from "node:path";
import { parseConfig } from "../../config/parse.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { type Extraction, extractStack } from "../embedded-stack.ts";
import { projectRoot } from "../project.ts";
import { type FileState, type MayReplace, writeConfig } from "./config-file.ts";
import { TEMPLATE_STACK, template } from "./template.ts";

export type InitResult = {
  config: { file: string; state: FileState };
  /** undefined when the configuration that is there is about another stack. */
  stack?: { folder: string } & Extraction;
};

const COMPOSE_FILE = /^(docker-)?compose([.-][\w.-]+)?\.ya?ml$/;

/**
 * The stack that the agent carries, with its configuration, beside `configFile`. What is there already stays, unless
 * `mayReplace` says otherwise; what is the same is left silently. Killed and run again, it goes on.
 * Errors: SoloflowError "init" (exit 2) where somebody's own compose file lies.
 */
export async function initStack(
  host: Pick<Host, "files">,
  configFile: string,
  mayReplace: MayReplace,
): Promise<InitResult> {
  const file = resolve(configFile);
  const root = projectRoot(configFile);
  await refuseStrangers(host, file, root);
  const state = await writeConfig(host, file, template, mayReplace);
  const config = { file: configFile, state };
  if (state === "kept" && !(await usesTheStack(host, file))) return { config };
  const folder = join(root, TEMPLATE_STACK);
  const first = await extractStack(host, folder);
  if (first.different.length === 0) return { config, stack: { folder: TEMPLATE_STACK, ...first } };
  const names = first.different.map((path) => join(TEMPLATE_STACK, path));
  if (!(await mayReplace(names))) return { config, stack: { folder: TEMPLATE_STACK, ...first } };
  const replaced = new Set(first.different);
  const second = await extractStack(host, folder, { overwrite: (path) => replaced.has(path) });
  const written = [...first.written, ...second.written].sort();
  return { config, stack: { folder: TEMPLATE_STACK, ...second, written, same: first.same } };
}

/** A folder with a compose file and no configuration is somebody's project. */
async function refuseStrangers(host: Pick<Host, "files">, file: string, root: string): Promise<void> {
  if ((await host.files.stat(file)) !== undefined) return;
  const compose = ((await host.files.list(root)) ?? []).find((name) => COMPOSE_FILE.test(name));
  if (compose === undefined) return;
  throw new SoloflowError("init", `there is a compose file here already: ${compose}`, {
    hint: `soloflow-agent init --from ${compose} writes a soloflow.toml for it; the SoloFlow stack wants a folder of its own`,
    exitCode: EXIT.usage,
  });
}

async function usesTheStack(host: Pick<Host, "files">, file: string): Promise<boolean> {
  const { config } = parseConfig((await host.files.readText(file)) ?? "", file);
  return config?.compose.some((path) => path.replace(/^\.\//, "").startsWith(`${TEMPLATE_STACK}/`)) === true;
}
