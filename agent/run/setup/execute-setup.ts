import type { Progress, Step } from "../../core/progress.ts";
import { renderStep } from "../../plan/setup/render-setup.ts";
import type { SetupStep } from "../../plan/setup/setup-plan.ts";
import { installPackages, repairPackages } from "./install-packages.ts";
import type { SetupHost } from "./setup-host.ts";
import { removeJournal, writeJournal } from "./setup-journal.ts";
import { startEngine } from "./start-engine.ts";

/**
 * Does the steps in turn. Whatever moment it is killed at, planning again on what is there finishes the rest:
 * what cannot be seen later, the packages to hold, is written down first.
 */
export async function executeSetup(
  setup: SetupHost,
  steps: readonly SetupStep[],
  progress: Progress,
): Promise<void> {
  await writeJournal(
    setup.host,
    steps.flatMap((step) => (step.kind === "hold" ? step.packages : [])),
  );
  for (const step of steps) {
    const shown = progress.step(renderStep(step));
    try {
      await executeStep(setup, step, shown);
    } catch (thrown) {
      shown.fail();
      throw thrown;
    }
    shown.done();
  }
  await setup.host.files.remove(setup.paths.work);
  await removeJournal(setup.host);
}

async function executeStep(setup: SetupHost, step: SetupStep, shown: Step): Promise<void> {
  switch (step.kind) {
    case "repair":
      return repairPackages(setup, shown);
    case "install":
      return installPackages(setup, step, shown);
    case "hold":
      return void (await setup.run(["apt-mark", "hold", ...step.packages], { timeoutMs: 60_000 }));
    case "start":
      return startEngine(setup, step);
    default:
      return step satisfies never;
  }
}
