import { EXIT, type ExitCode } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { secretReader } from "../../run/alerts/alert-secret.ts";
import { loadProject } from "../../run/load-project.ts";
import { revealSecret } from "../../run/secrets/reveal-secrets.ts";
import type { CliContext } from "../context.ts";
import { whichProject } from "../which-project.ts";
import { refuseToReveal } from "./reveal.ts";

/** The value as an app gets it; with `--project`, which knows no apps, the one that issues, null where there is none. */
export async function run(context: CliContext, [name = ""]: readonly string[]): Promise<ExitCode> {
  refuseToReveal(context);
  const { host, json, output, options } = context;
  const secret =
    options.project === undefined
      ? await revealSecret(host, await loadProject(host, context.configFile), name)
      : await issuing(context, name);
  const value = secret?.reveal() ?? null;
  if (json) output.json({ schema: 1, name, value });
  else if (value !== null) output.line(value);
  return EXIT.done;
}

async function issuing(context: CliContext, name: string): Promise<Secret | undefined> {
  return secretReader(context.host, await whichProject(context))(name);
}
