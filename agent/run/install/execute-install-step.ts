import { join } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import { BINARY, GROUP, STATE_ROOT, tmpfilesFile, USER } from "../../plan/systemd/places.ts";
import type { InstallStep } from "../../plan/systemd/plan-install.ts";
import { disable } from "./disable.ts";
import type { SystemdHost } from "./systemd-host.ts";

/** The unit's own limit of 90 s for a start that never says it is ready, and some. */
const START_MS = 120_000;

type Source = { project: string; executable: string };

/** Does one step; doing it again is harmless. Errors: SoloflowError "install", "file". */
export async function executeInstallStep(
  systemd: SystemdHost,
  step: InstallStep,
  { project, executable }: Source,
): Promise<void> {
  const { run } = systemd;
  const { files } = systemd.host;
  switch (step.kind) {
    case "group":
      return void (await run(["groupadd", "--system", GROUP]));
    case "user":
      return void (await run([
        ...(["useradd", "--system", "--gid", GROUP, "--no-create-home"] as const),
        ...["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", USER],
      ]));
    case "binary":
      return copyExecutable(systemd, executable);
    case "file":
      return files.writeAtomic(step.path, step.text, { mode: 0o644 });
    case "folders":
      await files.makeFolder(join(STATE_ROOT, project));
      return void (await run(["systemd-tmpfiles", "--create", tmpfilesFile(project)]));
    case "reload":
      return void (await run(["systemctl", "daemon-reload"]));
    case "enable":
      return void (await run(["systemctl", "enable", step.unit]));
    case "disable":
      return disable(systemd, step.unit);
    case "start":
      return start(systemd, step.unit);
    default:
      return step satisfies never;
  }
}

/** The old file stays what a running agent was started from: the new one takes its name by rename. */
async function copyExecutable({ host }: SystemdHost, executable: string): Promise<void> {
  const bytes = await host.files.readBytes(executable);
  if (bytes === undefined)
    throw new SoloflowError("install", `the file of this program, ${executable}, is gone`, {
      hint: "call soloflow-agent install by a file that is there",
    });
  await host.files.writeAtomic(BINARY, bytes, { mode: 0o755, uid: 0, gid: 0 });
}

async function start(systemd: SystemdHost, unit: string): Promise<void> {
  const outcome = await systemd.try(["systemctl", "restart", unit], START_MS);
  if (outcome.kind === "ok") return;
  const log = await systemd.try([
    ...(["journalctl", "--unit", unit, "--lines", "8", "--no-pager", "--output", "cat"] as const),
  ]);
  const lines = "stdout" in log ? log.stdout.trimEnd().split("\n") : [];
  throw new SoloflowError("install", [`${unit} did not start`, ...lines].join("\n  "), {
    hint: `systemctl status ${unit} says more; systemd goes on trying`,
  });
}
