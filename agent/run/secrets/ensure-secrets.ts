import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { ensureFaults, planEnsure } from "../../plan/secrets-ensure.ts";
import type { Project } from "../project.ts";
import { commitSecrets } from "./commit-secrets.ts";
import { newValue } from "./new-values.ts";
import { openSecrets } from "./open-secrets.ts";

/**
 * Sees to it that every secret of soloflow.toml has a value; makes those that the agent may make. `dataExists`:
 * there is a data folder or volume whose content may depend on values that the store does not know. The project's
 * lock must be held. At the first store the recovery key is said through `progress`, before anything is committed.
 * Errors: SoloflowError "secrets" (exit 2) with every name at once; nothing is written then.
 */
export async function ensureSecrets(
  host: Pick<Host, "files" | "clock">,
  project: Project,
  { dataExists }: { dataExists: boolean },
  progress: Progress,
): Promise<{ made: string[] }> {
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  const plan = planEnsure(project.config, secrets, dataExists);
  const faults = ensureFaults(plan);
  if (faults.length > 0) {
    const lines = faults.map(({ message, hint }) => `${message}\n  ${hint}`);
    throw new SoloflowError("secrets", lines.join("\n"), { exitCode: EXIT.usage });
  }
  if (plan.make.length === 0) return { made: [] };
  const made: Secrets = Object.fromEntries(plan.make.map((make) => [make.name, newValue(host, make)]));
  const names = Object.keys(made);
  const step = progress.step(`make ${names.join(", ")}`);
  await commitSecrets(host, project, { ...secrets, ...made }, progress);
  step.done();
  return { made: names };
}
