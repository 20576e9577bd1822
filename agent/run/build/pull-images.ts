import { SoloflowError } from "../../core/errors.ts";
import { formatSize } from "../../core/size.ts";
import { PullOutput, pullFault } from "../../plan/images/pull-fault.ts";
import { endedBadly } from "./outcome-error.ts";
import { runInOrder } from "./run-in-order.ts";
import type { BuildSetting } from "./setting.ts";

const PULL_TIMEOUT_MS = 30 * 60_000;
const PULLS_AT_ONCE = 3;

/**
 * Pulls those of the images that are not on this machine; what is here is not looked for anew.
 * Errors: SoloflowError "pull" in one line that says what the registry said.
 */
export async function pullImages(setting: BuildSetting, references: readonly string[]): Promise<void> {
  const tasks = [...new Set(references)].map((reference) => ({
    name: reference,
    after: [],
    run: () => pullOne(setting, reference),
  }));
  await runInOrder(tasks, PULLS_AT_ONCE);
}

async function pullOne({ host, exec, progress, signal }: BuildSetting, reference: string): Promise<void> {
  if ((await host.engine.image(reference)) !== undefined) return;
  const step = progress.step(`pulling ${reference}`);
  const output = new PullOutput();
  const onLine = (line: string) => {
    output.push(line);
    step.detail(output.detail);
  };
  const outcome = await exec(
    { argv: ["docker", "pull", reference] },
    { timeoutMs: PULL_TIMEOUT_MS, signal, onLine },
  );
  if (outcome.kind === "ok") {
    const image = await host.engine.image(reference);
    step.done(image === undefined ? undefined : formatSize(image.sizeBytes));
    return;
  }
  const bad = endedBadly(outcome, `pulling ${reference}`, PULL_TIMEOUT_MS);
  const fault = pullFault(reference, outcome.kind === "failed" ? outcome.stderr : "");
  step.fail(bad?.message ?? fault.reason);
  throw bad ?? new SoloflowError("pull", `cannot pull ${reference}: ${fault.reason}`, { hint: fault.hint });
}
