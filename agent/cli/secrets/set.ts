import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import { loadProject } from "../../run/load-project.ts";
import { generateSecret, refuseUnknownName, setSecret } from "../../run/secrets/set-secret.ts";
import type { CliContext } from "../context.ts";
import { underLock } from "./under-lock.ts";

/** The value comes from a hidden prompt or, whole, from standard input; never from an argument. */
export async function run(context: CliContext, [name = ""]: readonly string[]): Promise<ExitCode> {
  const { host, progress, options, output } = context;
  const project = await loadProject(host, context.configFile);
  refuseUnknownName(project, name);
  if (options.generate === true) {
    await underLock(context, project, "set", () => generateSecret(host, project, name, progress));
    output.note(`${name} is made and stored`);
  } else {
    const value = await askValue(context, name);
    const { kind, warnings } = await underLock(context, project, "set", () =>
      setSecret(host, project, { name, value }, { acceptWeak: options.acceptWeak === true, progress }),
    );
    for (const warning of warnings) progress.warn(`${name} ${warning}`);
    output.note(kind === "same" ? `${name} has this value already` : `${name} is stored`);
    if (kind === "same") return EXIT.done;
  }
  output.note("its services get it with the next: soloflow-agent deploy");
  return EXIT.done;
}

async function askValue(context: CliContext, name: string): Promise<Secret> {
  const text = await context.ask.hidden(`value of ${name}`, { whole: true });
  if (text !== undefined && text !== "") return new Secret(text);
  throw new SoloflowError("usage", `no value for ${name} was given`, {
    hint: `type it, or: soloflow-agent secrets set ${name} < FILE (one newline at its end is dropped)`,
    exitCode: EXIT.usage,
  });
}
