import { SoloflowError } from "../../core/errors.ts";
import { firstVersion } from "../../plan/setup/parse-docker.ts";
import type { SetupStep } from "../../plan/setup/setup-plan.ts";
import { plainVersion } from "../../plan/setup/version.ts";
import type { SetupHost } from "./setup-host.ts";

const ENGINE_LOG = "/var/log/dockerd.log";
/** A first start makes its folders and networks: 3 s here; a slow disk with many containers needs longer. */
const ANSWER_WITHIN_MS = 90_000;
const POLL_MS = 200;
const STOP_WITHIN_MS = 120_000;

type Start = Pick<Extract<SetupStep, { kind: "start" }>, "by" | "replace">;

/**
 * Starts the engine and waits until its socket answers; with `replace` one of another version than the installed
 * is stopped first. Does nothing to one that answers already and may stay.
 */
export async function startEngine(setup: SetupHost, { by, replace }: Start): Promise<void> {
  const running = await versionRunning(setup);
  const stale = replace && running !== undefined && running !== (await installedVersion(setup));
  if (running !== undefined && !stale) return;
  if (by === "systemd") await startUnit(setup, stale ? "restart" : "start");
  else await startDaemon(setup, stale);
  const deadline = setup.host.clock.monotonic() + ANSWER_WITHIN_MS;
  while ((await versionRunning(setup)) === undefined) {
    if (setup.signal.aborted || setup.host.clock.monotonic() > deadline)
      throw new SoloflowError("setup", `the Docker engine does not answer\n  ${await lastLines(setup, by)}`, {
        hint: by === "systemd" ? "journalctl --unit docker shows more" : `${ENGINE_LOG} has more`,
      });
    await setup.host.clock.sleep(POLL_MS, setup.signal);
  }
}

/** undefined when nothing answers; "" for one that is too old for its interface to be understood. */
async function versionRunning({ host }: SetupHost): Promise<string | undefined> {
  try {
    return plainVersion((await host.engine.info()).version);
  } catch (thrown) {
    return thrown instanceof SoloflowError && thrown.code === "engine" ? "" : undefined;
  }
}

async function installedVersion(setup: SetupHost): Promise<string | undefined> {
  return firstVersion(await setup.run(["dockerd", "--version"], { timeoutMs: 10_000 }));
}

async function startUnit(setup: SetupHost, verb: "start" | "restart"): Promise<void> {
  const limits = { timeoutMs: 180_000 };
  const enabled = await setup.try(["systemctl", "enable", "docker.service"], limits);
  const started =
    enabled.kind === "ok" ? await setup.try(["systemctl", verb, "docker.service"], limits) : enabled;
  if (started.kind === "ok") return;
  const masked = "stderr" in started && started.stderr.includes("masked");
  throw new SoloflowError("setup", `systemd could not start docker\n  ${await lastLines(setup, "systemd")}`, {
    hint: masked ? "systemctl unmask docker.service docker.socket" : "journalctl --unit docker shows more",
  });
}

/** The one shell: a redirection and a background job, with nothing from outside in the text of the script. */
const IN_BACKGROUND = 'dockerd >>"$1" 2>&1 </dev/null &';

async function startDaemon(setup: SetupHost, stopFirst: boolean): Promise<void> {
  const { host } = setup;
  const pid = await pidOf(setup, "/var/run/docker.pid", "dockerd");
  if (pid !== undefined && !stopFirst) return;
  if (pid !== undefined) await stopDaemon(setup, pid);
  await pidOf(setup, "/var/run/docker/containerd/containerd.pid", "containerd");
  const outcome = await host.exec(
    {
      argv: ["sh", "-c", IN_BACKGROUND, "sh", ENGINE_LOG],
      env: { PATH: `${host.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"}:/usr/sbin:/sbin` },
    },
    { timeoutMs: 10_000 },
  );
  if (outcome.kind !== "ok") throw new SoloflowError("setup", "the shell could not start dockerd");
}

/** An engine stops its containers first, each with its own grace. */
async function stopDaemon(setup: SetupHost, pid: string): Promise<void> {
  await setup.run(["kill", "-TERM", pid], { timeoutMs: 5_000 });
  const deadline = setup.host.clock.monotonic() + STOP_WITHIN_MS;
  while ((await pidOf(setup, "/var/run/docker.pid", "dockerd")) !== undefined) {
    if (setup.signal.aborted || setup.host.clock.monotonic() > deadline)
      throw new SoloflowError("setup", `the old dockerd (process ${pid}) does not end`, {
        hint: "stop it, then run soloflow-agent setup again",
      });
    await setup.host.clock.sleep(POLL_MS, setup.signal);
  }
}

/**
 * The process that the file names, when that is `program`. A file that outlived its process is removed: its number
 * may be another's by now, and the daemon would refuse to start.
 */
async function pidOf({ host }: SetupHost, pidFile: string, program: string): Promise<string | undefined> {
  const pid = (await host.files.readText(pidFile))?.trim();
  if (pid === undefined) return undefined;
  if (/^\d+$/.test(pid) && (await host.files.readText(`/proc/${pid}/comm`))?.trim() === program) return pid;
  await host.files.remove(pidFile);
  return undefined;
}

async function lastLines(setup: SetupHost, by: Start["by"]): Promise<string> {
  if (by === "dockerd")
    return ((await setup.host.files.readText(ENGINE_LOG)) ?? "").trimEnd().split("\n").slice(-8).join("\n  ");
  const argv = ["journalctl", "--unit", "docker", "--lines", "8", "--no-pager", "--output", "cat"] as const;
  const outcome = await setup.try([...argv], { timeoutMs: 10_000 });
  return "stdout" in outcome ? outcome.stdout.trimEnd().split("\n").join("\n  ") : "";
}
