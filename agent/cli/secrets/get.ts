import { EXIT, type ExitCode } from "../../core/errors.ts";
import { loadProject } from "../../run/load-project.ts";
import { revealSecret } from "../../run/secrets/reveal-secrets.ts";
import type { CliContext } from "../context.ts";
import { refuseToReveal } from "./reveal.ts";

/** The value as an app gets it. */
export async function run(context: CliContext, [name = ""]: readonly string[]): Promise<ExitCode> {
  refuseToReveal(context);
  const project = await loadProject(context.host, context.configFile);
  const value = (await revealSecret(context.host, project, name)).reveal();
  if (context.json) context.output.json({ schema: 1, name, value });
  else context.output.line(value);
  return EXIT.done;
}
