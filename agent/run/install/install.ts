import type { Progress } from "../../core/progress.ts";
import { type InstallStep, type Keeper, madeBy, planInstall } from "../../plan/systemd/plan-install.ts";
import { renderInstallStep } from "../../plan/systemd/render-steps.ts";
import { sweep } from "./alone.ts";
import { executeInstallStep } from "./execute-install-step.ts";
import { writeJournal } from "./journal.ts";
import { observeMachine } from "./observe-machine.ts";
import type { SystemdHost } from "./systemd-host.ts";
import { verifyUnits } from "./verify-units.ts";

/** What would be done, and what does it. */
export type Installation = {
  steps: readonly InstallStep[];
  /** Whatever moment it is killed at, planning again on what is there finishes the rest. */
  execute(progress: Progress): Promise<void>;
};

/**
 * Plans how systemd is to run the agent for the project. `executable` is the file of this very program. Errors of
 * planning and doing: SoloflowError "install".
 */
export async function planInstallation(
  systemd: SystemdHost,
  project: string,
  executable: string,
  keeper: Keeper,
): Promise<Installation> {
  const { files } = systemd.host;
  const machine = await observeMachine(systemd, project);
  const steps = planInstall(machine, (await files.sha256(executable)) ?? "", keeper);
  return {
    steps,
    execute: async (progress) => {
      if (steps.length === 0) return;
      const made = madeBy(machine, steps);
      await writeJournal(systemd.host, { made, pending: true });
      if (machine.journal.pending) await sweep(systemd, project);
      let verified = false;
      for (const step of steps) {
        // After the executable, which a unit has to find, and before anything of systemd's is touched.
        if (step.kind === "file" && !verified) await verifyUnits(systemd, project);
        verified ||= step.kind === "file";
        await shown(progress, step, () => executeInstallStep(systemd, step, { project, executable }));
      }
      await writeJournal(systemd.host, { made, pending: false });
    },
  };
}

async function shown(progress: Progress, step: InstallStep, work: () => Promise<void>): Promise<void> {
  const line = progress.step(renderInstallStep(step));
  try {
    await work();
    line.done();
  } catch (thrown) {
    line.fail();
    throw thrown;
  }
}
