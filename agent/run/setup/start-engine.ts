import { SoloflowError } from "../../core/errors.ts";
import type { SetupHost } from "./setup-host.ts";

const ENGINE_LOG = "/var/log/dockerd.log";
/** A first start makes its folders and networks: 3 s here; a slow disk with many containers needs longer. */
const ANSWER_WITHIN_MS = 90_000;
const POLL_MS = 200;

/** Starts the engine and waits until its socket answers. Does nothing to one that answers already. */
export async function startEngine(setup: SetupHost, by: "systemd" | "dockerd"): Promise<void> {
  if (await answers(setup)) return;
  if (by === "systemd") await startUnit(setup);
  else await startDaemon(setup);
  const deadline = setup.host.clock.monotonic() + ANSWER_WITHIN_MS;
  while (!(await answers(setup))) {
    if (setup.signal.aborted || setup.host.clock.monotonic() > deadline)
      throw new SoloflowError("setup", `the Docker engine does not answer\n  ${await lastLines(setup, by)}`, {
        hint: by === "systemd" ? "journalctl --unit docker shows more" : `${ENGINE_LOG} has more`,
      });
    await setup.host.clock.sleep(POLL_MS, setup.signal);
  }
}

async function answers({ host }: SetupHost): Promise<boolean> {
  try {
    await host.engine.info();
    return true;
  } catch {
    return false;
  }
}

async function startUnit(setup: SetupHost): Promise<void> {
  const outcome = await setup.try(["systemctl", "enable", "--now", "docker.service"], { timeoutMs: 180_000 });
  if (outcome.kind === "ok") return;
  const masked = "stderr" in outcome && outcome.stderr.includes("masked");
  throw new SoloflowError("setup", `systemd could not start docker\n  ${await lastLines(setup, "systemd")}`, {
    hint: masked ? "systemctl unmask docker.service docker.socket" : "journalctl --unit docker shows more",
  });
}

/** The one shell: a redirection and a background job, with nothing from outside in the text of the script. */
const IN_BACKGROUND = 'dockerd >>"$1" 2>&1 </dev/null &';

async function startDaemon(setup: SetupHost): Promise<void> {
  const { host } = setup;
  if (await runs(setup, "/var/run/docker.pid", "dockerd")) return;
  await runs(setup, "/var/run/docker/containerd/containerd.pid", "containerd");
  const outcome = await host.exec(
    {
      argv: ["sh", "-c", IN_BACKGROUND, "sh", ENGINE_LOG],
      env: { PATH: `${host.env.PATH}:/usr/sbin:/sbin` },
    },
    { timeoutMs: 10_000 },
  );
  if (outcome.kind !== "ok") throw new SoloflowError("setup", "the shell could not start dockerd");
}

/**
 * Whether the process that the file names is `program`. A file that outlived its process is removed: its number may
 * be another's by now, and the daemon would refuse to start.
 */
async function runs({ host }: SetupHost, pidFile: string, program: string): Promise<boolean> {
  const pid = (await host.files.readText(pidFile))?.trim();
  if (pid === undefined) return false;
  if (/^\d+$/.test(pid) && (await host.files.readText(`/proc/${pid}/comm`))?.trim() === program) return true;
  await host.files.remove(pidFile);
  return false;
}

async function lastLines(setup: SetupHost, by: "systemd" | "dockerd"): Promise<string> {
  if (by === "dockerd")
    return ((await setup.host.files.readText(ENGINE_LOG)) ?? "").trimEnd().split("\n").slice(-8).join("\n  ");
  const argv = ["journalctl", "--unit", "docker", "--lines", "8", "--no-pager", "--output", "cat"] as const;
  const outcome = await setup.try([...argv], { timeoutMs: 10_000 });
  return "stdout" in outcome ? outcome.stdout.trimEnd().split("\n").join("\n  ") : "";
}
