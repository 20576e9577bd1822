import { resolve } from "node:path";
import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { sopsFormat } from "../../plan/sops/sops-document.ts";
import { loadProject } from "../../run/load-project.ts";
import { exportSecrets, exportSops } from "../../run/secrets/reveal-secrets.ts";
import type { CliContext } from "../context.ts";
import { refuseToReveal } from "./reveal.ts";

/** All values: as an env file, to a new file that only its owner can read or to the terminal; or as a SOPS file. */
export async function run(context: CliContext, [file]: readonly string[]): Promise<ExitCode> {
  const { host, output } = context;
  if (context.options.sops === true) return writeSopsFile(context, file);
  if (file === undefined) refuseToReveal(context, ", or name a file: soloflow-agent secrets export FILE");
  const project = await loadProject(host, context.configFile);
  const { text, names } = await exportSecrets(host, project);
  if (file === undefined) {
    if (context.json) output.json({ schema: 1, dotenv: text.reveal() });
    else if (names.length > 0) output.line(text.reveal().trimEnd());
    return EXIT.done;
  }
  const path = await writeNew(context, file, text);
  output.note(
    `${names.length} values are in ${file}, in clear; delete it when it has served: shred -u ${file}`,
  );
  if (context.json) output.json({ schema: 1, file: path, names });
  return EXIT.done;
}

async function writeSopsFile(context: CliContext, file: string | undefined): Promise<ExitCode> {
  const { host, output, options } = context;
  const format = file === undefined ? undefined : sopsFormat(file);
  if (file === undefined || format === undefined) {
    throw usage(
      "a SOPS file ends in .yaml, .json or .env",
      "soloflow-agent secrets export secrets.yaml --sops",
    );
  }
  const recipients = typeof options.to === "string" ? options.to.split(",").map((one) => one.trim()) : [];
  const project = await loadProject(host, context.configFile);
  const made = await exportSops(host, project, { recipients, format });
  const path = await writeNew(context, file, made.text);
  output.note(`${made.names.length} values are in ${file}, sealed to ${made.recipients.join(", ")}`);
  if (context.json) output.json({ schema: 1, file: path, names: made.names, recipients: made.recipients });
  return EXIT.done;
}

async function writeNew({ host }: CliContext, file: string, text: Secret): Promise<string> {
  const path = resolve(file);
  if ((await host.files.stat(path)) !== undefined)
    throw usage(`${file} is there already and is not overwritten`, "name another file");
  await host.files.writeAtomic(path, text.reveal(), { mode: 0o600, exclusive: true });
  return path;
}

function usage(message: string, hint: string): SoloflowError {
  return new SoloflowError("secrets-export", message, { hint, exitCode: EXIT.usage });
}
