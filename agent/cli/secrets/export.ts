import { resolve } from "node:path";
import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import { loadProject } from "../../run/load-project.ts";
import { exportSecrets } from "../../run/secrets/reveal-secrets.ts";
import type { CliContext } from "../context.ts";
import { refuseToReveal } from "./reveal.ts";

/** All values as an env file: to a new file that only its owner can read, or to the terminal. */
export async function run(context: CliContext, [file]: readonly string[]): Promise<ExitCode> {
  const { host, output } = context;
  if (file === undefined) refuseToReveal(context, ", or name a file: soloflow-agent secrets export FILE");
  const project = await loadProject(host, context.configFile);
  const { text, names } = await exportSecrets(host, project);
  if (file === undefined) {
    if (context.json) output.json({ schema: 1, dotenv: text.reveal() });
    else if (names.length > 0) output.line(text.reveal().trimEnd());
    return EXIT.done;
  }
  const path = resolve(file);
  if ((await host.files.stat(path)) !== undefined) {
    throw new SoloflowError("secrets-export", `${file} is there already and is not overwritten`, {
      hint: "name another file",
      exitCode: EXIT.usage,
    });
  }
  await host.files.writeAtomic(path, text.reveal(), { mode: 0o600, exclusive: true });
  output.note(
    `${names.length} values are in ${file}, in clear; delete it when it has served: shred -u ${file}`,
  );
  if (context.json) output.json({ schema: 1, file: path, names });
  return EXIT.done;
}
