import { EXIT, type ExitCode } from "../../core/errors.ts";
import { loadProject } from "../../run/load-project.ts";
import { rekeySecrets } from "../../run/secrets/rekey-secrets.ts";
import type { CliContext } from "../context.ts";
import { audited } from "./under-lock.ts";

/** `secrets rekey [--recovery]`: the same values, sealed to a new key. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, output, options, progress } = context;
  const project = await loadProject(host, context.configFile);
  const recovery = options.recovery === true;
  const version = await audited(
    context,
    project,
    { action: "rekey", what: "sealed to a new key" },
    () => rekeySecrets(host, project, { recovery, progress }),
    () => ["*"],
  );
  if (context.json) output.json({ schema: 1, version, recovery });
  else {
    output.note(`the secrets are version ${version} now, sealed to a new key of this machine`);
    output.note("the values are what they were, and no container is replaced");
    output.note("backups of before are opened by the keys of before: keep them as long as you keep those");
  }
  return EXIT.done;
}
