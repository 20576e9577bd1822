import { join } from "node:path";
import type { Progress } from "../../core/progress.ts";
import { GROUP, RUN_ROOT, USER } from "../../plan/systemd/places.ts";
import { isLast, planUninstall, type UninstallStep } from "../../plan/systemd/plan-uninstall.ts";
import { renderUninstallStep } from "../../plan/systemd/render-steps.ts";
import { sweep } from "./alone.ts";
import { disable } from "./disable.ts";
import { removeJournal, writeJournal } from "./journal.ts";
import { observeMachine } from "./observe-machine.ts";
import type { SystemdHost } from "./systemd-host.ts";

export type Uninstallation = {
  steps: readonly UninstallStep[];
  execute(progress: Progress): Promise<void>;
};

/** Plans how what `install` made is taken back. Errors of planning and doing: SoloflowError "install". */
export async function planUninstallation(systemd: SystemdHost, project: string): Promise<Uninstallation> {
  const machine = await observeMachine(systemd, project);
  const steps = planUninstall(machine);
  const last = isLast(machine);
  return {
    steps,
    execute: async (progress) => {
      if (steps.length > 0) await writeJournal(systemd.host, { ...machine.journal, pending: true });
      if (machine.journal.pending) await sweep(systemd, project);
      for (const step of steps) {
        const line = progress.step(renderUninstallStep(step));
        await execute(systemd, step, project).then(
          () => line.done(),
          (thrown) => {
            line.fail();
            throw thrown;
          },
        );
      }
      if (last) await removeJournal(systemd.host);
      else await writeJournal(systemd.host, { ...machine.journal, pending: false });
    },
  };
}

async function execute(systemd: SystemdHost, step: UninstallStep, project: string): Promise<void> {
  const { run, try: attempt, host } = systemd;
  switch (step.kind) {
    case "disable":
      return disable(systemd, step.unit);
    case "remove":
      return host.files.remove(step.path);
    case "reload":
      return void (await run(["systemctl", "daemon-reload"]));
    case "close": {
      const folder = join(RUN_ROOT, project);
      await host.files.chown(folder, 0, 0);
      return host.files.chmod(folder, 0o700);
    }
    case "remove-user":
      return void (await run(["userdel", USER]));
    case "remove-group":
      // On most machines it goes together with its user.
      if ((await attempt(["getent", "group", GROUP])).kind !== "ok") return;
      return void (await run(["groupdel", GROUP]));
    default:
      return step satisfies never;
  }
}
