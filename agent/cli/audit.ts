import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { auditFile, verifyAudit } from "../run/audit/audit-log.ts";
import { knownProject } from "../run/known-project.ts";
import { openSecrets } from "../run/secrets/open-secrets.ts";
import type { CliContext } from "./context.ts";

/** `audit verify`: exit 1 when the log was tampered with. */
export async function run({ host, args, configFile, json, output }: CliContext): Promise<ExitCode> {
  if (args.length !== 1 || args[0] !== "verify") {
    throw new SoloflowError("usage", "it is written: soloflow-agent audit verify", { exitCode: EXIT.usage });
  }
  const project = await knownProject(host, configFile);
  const opened = await openSecrets(host, project);
  const { lines, faults } =
    opened === undefined ? { lines: 0, faults: [] } : await verifyAudit(host, project, opened.keys);
  const file = auditFile(project);
  if (json) output.json({ schema: 1, file, lines, faults });
  else if (faults.length === 0) output.line(`${file}: ${lines} lines, all as they were written`);
  else for (const { line, what } of faults) output.line(`${file}:${line}: ${what}`);
  return faults.length === 0 ? EXIT.done : EXIT.failed;
}
