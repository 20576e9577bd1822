import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import { loadProject } from "../../run/load-project.ts";
import type { Project } from "../../run/project.ts";
import { openSecrets } from "../../run/secrets/open-secrets.ts";
import { type Recoverable, recoverable } from "../../run/secrets/recover-secrets.ts";
import type { CliContext } from "../context.ts";
import { askRecoveryKey } from "./ask-recovery-key.ts";
import { underLock } from "./under-lock.ts";

/** The way out of a store that is damaged, put back to an earlier state, or without its identity. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, output, ask } = context;
  const project = await loadProject(host, context.configFile);
  const fault = await openSecrets(host, project).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (fault === undefined) {
    output.note("the secrets open; there is nothing to recover");
    if (context.json) output.json({ schema: 1, result: "intact" });
    return EXIT.done;
  }
  if (!(fault instanceof SoloflowError)) throw fault;
  output.note(fault.message);
  return underLock(context, project, "recover", async () => {
    const found = await find(context, project);
    output.note(`version ${found.version} of ${found.createdAt} opens, with ${found.names.join(", ")}`);
    if (!(await ask.confirm("Make it the current version? What was changed after it is lost."))) {
      throw new SoloflowError("usage", "nothing was changed", { hint: "answer yes, or add --yes" });
    }
    const { version, logAside } = await found.take();
    output.note(`the secrets are version ${version} now`);
    if (logAside !== undefined)
      output.note(
        `the audit log was sealed by the key that is gone; it is ${logAside} now, and a new one begins`,
      );
    if (context.json) output.json({ schema: 1, result: "recovered", version, names: found.names });
    return EXIT.done;
  });
}

async function find({ host, ask }: CliContext, project: Project): Promise<Recoverable> {
  try {
    return await recoverable(host, project, undefined);
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError) || thrown.code !== "secrets-recover") throw thrown;
    return recoverable(host, project, await askRecoveryKey(ask));
  }
}
