import type { EngineInfo } from "../../core/container.ts";
import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { MachineFacts } from "../../plan/check/machine-facts.ts";
import { readMeminfo } from "../../plan/check/meminfo.ts";

export type BareMachine = Pick<
  MachineFacts,
  "engine" | "engineError" | "engineAheadMs" | "tools" | "disk" | "memory" | "nowMs" | "clockSynchronised"
>;

const QUICK = { timeoutMs: 10_000 };
/** Where Docker keeps everything unless it was told otherwise. */
const DOCKER_ROOT = "/var/lib/docker";

/** What can be said of the machine without knowing the project. */
export async function gatherMachine(host: Host): Promise<BareMachine> {
  const [engine, tools, memory, clockSynchronised] = await Promise.all([
    askEngine(host),
    gatherTools(host),
    host.files.readText("/proc/meminfo"),
    synchronised(host),
  ]);
  const path = engine.engine?.rootDir ?? DOCKER_ROOT;
  const disk = await host.files.space(path).catch(() => undefined);
  return {
    ...engine,
    tools,
    disk: disk && { path, freeBytes: disk.freeBytes },
    memory: memory === undefined ? undefined : readMeminfo(memory),
    nowMs: host.clock.now(),
    clockSynchronised,
  };
}

async function askEngine(
  host: Host,
): Promise<Pick<MachineFacts, "engine" | "engineError" | "engineAheadMs">> {
  const before = host.clock.now();
  try {
    const engine = await host.engine.info();
    return {
      engine,
      engineError: undefined,
      engineAheadMs: aheadMs(engine, (before + host.clock.now()) / 2),
    };
  } catch (thrown) {
    return { engine: undefined, engineError: reason(thrown), engineAheadMs: undefined };
  }
}

function aheadMs(engine: EngineInfo, askedAtMs: number): number | undefined {
  const its = Date.parse(engine.systemTime);
  return Number.isNaN(its) ? undefined : its - askedAtMs;
}

async function gatherTools(host: Pick<Host, "exec">): Promise<MachineFacts["tools"]> {
  const [cli, compose, buildx] = await Promise.all([
    firstVersion(host, ["docker", "--version"]),
    firstVersion(host, ["docker", "compose", "version", "--short"]),
    firstVersion(host, ["docker", "buildx", "version"]),
  ]);
  return { cli, compose, buildx };
}

/** The first thing in the output that looks like a version; undefined where the program is not there or fails. */
async function firstVersion(
  host: Pick<Host, "exec">,
  argv: readonly [string, ...string[]],
): Promise<string | undefined> {
  const outcome = await host.exec({ argv }, QUICK);
  return outcome.kind === "ok" ? /\d+(\.\d+)+/.exec(outcome.stdout)?.[0] : undefined;
}

async function synchronised(host: Pick<Host, "exec">): Promise<boolean | undefined> {
  const outcome = await host.exec(
    { argv: ["timedatectl", "show", "--property=NTPSynchronized", "--value"] },
    QUICK,
  );
  const says = outcome.kind === "ok" ? outcome.stdout.trim() : "";
  return says === "yes" ? true : says === "no" ? false : undefined;
}
