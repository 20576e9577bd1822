import { EXIT, type ExitCode } from "../core/errors.ts";
import type { FileState, MayReplace } from "../run/init/config-file.ts";
import type { AdaptResult } from "../run/init/init-from.ts";
import { initFrom } from "../run/init/init-from.ts";
import { type InitResult, initStack } from "../run/init/init-stack.ts";
import type { CliContext } from "./context.ts";

/** `init [--from COMPOSE] [--force]`. `--yes` replaces nothing: only `--force`, or a person who says so, does. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, configFile, options, output } = context;
  const mayReplace = replacing(context);
  const from = options.from;
  const result =
    typeof from === "string"
      ? await initFrom(host, configFile, from, mayReplace)
      : await initStack(host, configFile, mayReplace);
  if (context.json) output.json({ schema: 1, ...result });
  else for (const line of describe(result)) output.note(line);
  return EXIT.done;
}

function replacing({ options, yes, ask }: CliContext): MayReplace {
  return async (files) => {
    if (options.force === true) return true;
    if (yes) return false;
    const many = files.length === 1 ? `${files[0]} is` : `${files.length} files are`;
    const list = files.length === 1 ? "" : `:\n${files.map((file) => `  ${file}`).join("\n")}\n`;
    return ask.confirm(`${many} there with another content${list === "" ? ". " : list}Replace?`);
  };
}

function describe(result: InitResult | AdaptResult): string[] {
  const { file, state } = result.config;
  const lines = [`${file}: ${STATES[state]}`];
  return "services" in result ? [...lines, ...adapted(result)] : [...lines, ...extracted(result)];
}

const STATES: Readonly<Record<FileState, string>> = {
  written: "written",
  same: "there already",
  kept: "there already with another content, left as it is (--force replaces it)",
  replaced: "replaced",
};

function extracted({ stack }: InitResult): string[] {
  if (stack === undefined) return ["its compose file is another one than the stack's: nothing else to do"];
  const lines: string[] = [];
  if (stack.written.length > 0) lines.push(`${stack.folder}/: ${stack.written.length} files written`);
  if (stack.written.length === 0 && stack.different.length === 0)
    lines.push(`${stack.folder}/: there already`);
  if (stack.different.length > 0) {
    lines.push("left as they are, with another content (--force replaces them):");
    lines.push(...stack.different.map((path) => `  ${stack.folder}/${path}`));
  }
  return [...lines, "next: soloflow-agent setup, then soloflow-agent deploy"];
}

function adapted({ project, services, secrets, notes }: AdaptResult): string[] {
  return [
    ...notes.map((note) => `note: ${note}`),
    `project ${project}: ${services.join(", ")}`,
    ...(secrets.length === 0
      ? []
      : [`secrets in the environment, suggested in comments: ${secrets.join(", ")}`]),
    "next: read it, then soloflow-agent check",
  ];
}
