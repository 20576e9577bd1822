import { EXIT, type ExitCode } from "../../core/errors.ts";
import { table } from "../../core/table.ts";
import { loadProject } from "../../run/load-project.ts";
import { drillRecovery, verifySecrets } from "../../run/secrets/verify-secrets.ts";
import type { CliContext } from "../context.ts";
import { timeText } from "../time-text.ts";
import { askRecoveryKey } from "./ask-recovery-key.ts";

/** `secrets verify [--recovery]`: opens and proves all that is there; exit 1 when something is wrong. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, output, options } = context;
  const project = await loadProject(host, context.configFile);
  if (options.recovery === true) await drillRecovery(host, project, await askRecoveryKey(context.ask));
  const { versions, faults, provenAt } = await verifySecrets(host, project);
  if (context.json) output.json({ schema: 1, versions, faults, recoveryProvenAt: provenAt ?? null });
  else {
    const rows = versions.map(({ version, state, createdAt }) => [
      `version ${version}`,
      state,
      createdAt === undefined ? "-" : timeText(Date.parse(createdAt)),
    ]);
    for (const line of table(rows)) output.line(line);
    for (const fault of faults) output.line(`fault: ${fault}`);
    output.note(recoveryText(versions.length, provenAt));
  }
  return faults.length === 0 ? EXIT.done : EXIT.failed;
}

function recoveryText(versions: number, provenAt: string | undefined): string {
  if (versions === 0) return "nothing is stored yet; the first deploy makes what it may make";
  return provenAt === undefined
    ? "the recovery key was never tried: soloflow-agent secrets verify --recovery"
    : `the recovery key opened the store on ${timeText(Date.parse(provenAt))}`;
}
