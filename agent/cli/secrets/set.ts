import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import { loadProject } from "../../run/load-project.ts";
import type { Project } from "../../run/project.ts";
import { generateSecret, refuseUnknownName, setSecret } from "../../run/secrets/set-secret.ts";
import type { CliContext } from "../context.ts";
import { audited } from "./under-lock.ts";

/** The value comes from a hidden prompt or, whole, from standard input; never from an argument. */
export async function run(context: CliContext, [name = ""]: readonly string[]): Promise<ExitCode> {
  const { host, progress, options, output } = context;
  const project = await loadProject(host, context.configFile);
  refuseUnknownName(project, name);
  const generate = options.generate === true;
  const { result, warnings } = await (generate
    ? makeOne(context, project, name)
    : takeOne(context, project, name));
  for (const warning of warnings) progress.warn(`${name} ${warning}`);
  if (context.json) output.json({ schema: 1, name, result, warnings });
  else output.note(`${name} ${DONE[result]}`);
  if (result !== "same") output.note("its services get it with the next: soloflow-agent deploy");
  return EXIT.done;
}

/** Part of the contract of `secrets set --json`, with the words for a person. */
const DONE = {
  generated: "is made and stored",
  stored: "is stored",
  same: "has this value already",
} as const;

type Done = { result: keyof typeof DONE; warnings: readonly string[] };

async function makeOne(context: CliContext, project: Project, name: string): Promise<Done> {
  await audited(
    context,
    project,
    { action: "set", what: "generated" },
    () => generateSecret(context.host, project, name, context.progress),
    () => [name],
  );
  return { result: "generated", warnings: [] };
}

async function takeOne(context: CliContext, project: Project, name: string): Promise<Done> {
  const { host, progress, options } = context;
  const value = await askValue(context, name);
  const { kind, warnings } = await audited(
    context,
    project,
    { action: "set", what: "set" },
    () => setSecret(host, project, { name, value }, { acceptWeak: options.acceptWeak === true, progress }),
    ({ kind }) => (kind === "set" ? [name] : []),
  );
  return { result: kind === "same" ? "same" : "stored", warnings };
}

async function askValue(context: CliContext, name: string): Promise<Secret> {
  const text = await context.ask.hidden(`value of ${name}`, { whole: true });
  if (text !== undefined && text !== "") return new Secret(text);
  throw new SoloflowError("usage", `no value for ${name} was given`, {
    hint: `type it, or: soloflow-agent secrets set ${name} < FILE (one newline at its end is dropped)`,
    exitCode: EXIT.usage,
  });
}
