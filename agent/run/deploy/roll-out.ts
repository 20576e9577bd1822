import type { Container } from "../../core/container.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { DeployPlan } from "../../plan/deploy.ts";
import type { Unit } from "../../plan/unit.ts";
import type { WatchSettings } from "../../plan/watchdog/settings.ts";
import { writeIngressFiles } from "../ingress-files.ts";
import { awaitKept } from "./await-kept.ts";
import { execute } from "./execute.ts";
import type { Execution } from "./execution.ts";
import { writeModel } from "./model-file.ts";
import { recordSpecs } from "./record.ts";
import { putFilesBack } from "./replaced-files.ts";

export type Rollout = {
  plan: DeployPlan;
  /** Those that the plan was made from. */
  containers: readonly Container[];
  /** Services that stay as they are and are looked at all the same. */
  kept: readonly Unit[];
  /** Default: what soloflow.toml says. */
  watch?: WatchSettings;
};

/**
 * Writes down what the steps need, does them, and puts everything back where one fails. `begin` is the last that is
 * written before the first step. Errors: what cannot be written down is thrown, with all files as they were; a failure
 * after that is a result, with exit code 3 where all was put back and 4 where not.
 */
export async function rollOut<T>(
  execution: Execution,
  rollout: Rollout,
  begin: () => Promise<T>,
): Promise<{ begun: T; failure: SoloflowError | undefined }> {
  const begun = await writeDown(execution, rollout, begin);
  const failure = await attempt(async () => {
    await execute(execution, rollout.plan.steps);
    await awaitKept(execution, rollout.kept);
  });
  return { begun, failure };
}

/** Everything on disk that the steps need; all as it was where that fails. */
async function writeDown<T>(execution: Execution, rollout: Rollout, begin: () => Promise<T>): Promise<T> {
  const { host, project, desired, before, replaced } = execution;
  const { plan, containers, watch } = rollout;
  const chosen = plan.services.map(({ service }) => service);
  try {
    recordSpecs(execution);
    if (desired.caddyfile !== undefined)
      replaced.push(...(await writeIngressFiles(host, project, desired.caddyfile)));
    const model = { desired, chosen, containers, before, ...(watch === undefined ? {} : { watch }) };
    replaced.push(...(await writeModel(host, project, model)));
    return await begin();
  } catch (thrown) {
    await putFilesBack(host, replaced);
    throw thrown;
  }
}

async function attempt(work: () => Promise<void>): Promise<SoloflowError | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SoloflowError) return thrown;
    throw thrown;
  }
}
