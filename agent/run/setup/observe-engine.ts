import { SoloflowError } from "../../core/errors.ts";
import type { EngineState } from "../../plan/setup/machine.ts";
import { firstVersion } from "../../plan/setup/parse-docker.ts";
import { LEAST } from "../../plan/setup/requirements.ts";
import { isAtLeast } from "../../plan/setup/version.ts";
import type { SetupHost } from "./setup-host.ts";

const QUICK = { timeoutMs: 10_000 };

/** `answered` is what the docker command said of the server. */
export async function observeEngine(
  setup: SetupHost,
  answered: { server: string | undefined; denied: boolean },
): Promise<EngineState> {
  const version = answered.server ?? (await versionAtSocket(setup));
  if (version !== undefined) {
    const upgradeable = !isAtLeast(version, LEAST.engine);
    return { state: "running", version, containers: upgradeable ? await running(setup) : 0 };
  }
  if (answered.denied && setup.host.uid !== 0) return { state: "denied" };
  const installed = await daemonVersion(setup);
  if (installed === undefined) return { state: "absent" };
  return { state: "stopped", version: installed, containers: await kept(setup) };
}

/** For a machine with an engine and no docker command. One that is too old for its interface has an answer too. */
async function versionAtSocket(setup: SetupHost): Promise<string | undefined> {
  try {
    return (await setup.host.engine.info()).version;
  } catch (thrown) {
    if (thrown instanceof SoloflowError && thrown.code === "no-docker") return undefined;
    return (await daemonVersion(setup)) ?? "0";
  }
}

async function daemonVersion(setup: SetupHost): Promise<string | undefined> {
  const outcome = await setup.try(["dockerd", "--version"], QUICK);
  return outcome.kind === "ok" ? firstVersion(outcome.stdout) : undefined;
}

async function running(setup: SetupHost): Promise<number> {
  const outcome = await setup.try(["docker", "ps", "--quiet"], QUICK);
  if (outcome.kind !== "ok") return kept(setup);
  return outcome.stdout.split("\n").filter((line) => line !== "").length;
}

/** All containers, running or not: what can be known without an engine to ask. */
async function kept({ host }: SetupHost): Promise<number> {
  return (await host.files.list("/var/lib/docker/containers"))?.length ?? 0;
}
