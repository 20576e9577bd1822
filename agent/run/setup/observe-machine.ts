import { lacking } from "../../plan/setup/lacking.ts";
import type { Machine, System } from "../../plan/setup/machine.ts";
import { firstVersion } from "../../plan/setup/parse-docker.ts";
import { hasCgroups, parseOsRelease } from "../../plan/setup/parse-system.ts";
import { observeApt } from "./observe-apt.ts";
import { observeEngine } from "./observe-engine.ts";
import { observeTools } from "./observe-tools.ts";
import type { SetupHost } from "./setup-host.ts";
import { readJournal } from "./setup-journal.ts";

/**
 * Looks at the machine; changes nothing but setup's own cache. Package lists are fetched only when something is
 * lacking and the user is root, for only then do they matter. Errors: those of `observeApt`.
 */
export async function observeMachine(setup: SetupHost): Promise<Machine> {
  const { files, uid } = setup.host;
  const { tools, answered } = await observeTools(setup);
  const engine = await observeEngine(setup, answered);
  const system = await observeSystem(setup);
  const unfinished = uid === 0 ? await readJournal(setup.host) : undefined;
  const wantsPackages = lacking({ engine, tools }).length > 0 || unfinished !== undefined;
  return {
    root: uid === 0,
    system,
    glibc: await glibcVersion(setup),
    systemd: (await files.stat("/run/systemd/system")) !== undefined,
    cgroups: hasCgroups((await files.readText("/proc/mounts")) ?? ""),
    engine,
    tools,
    apt: uid === 0 && wantsPackages ? await observeApt(setup, system) : undefined,
    unfinished,
  };
}

async function observeSystem({ host }: SetupHost): Promise<System> {
  const text =
    (await host.files.readText("/etc/os-release")) ?? (await host.files.readText("/usr/lib/os-release"));
  return parseOsRelease(text ?? "");
}

async function glibcVersion(setup: SetupHost): Promise<string | undefined> {
  const outcome = await setup.try(["getconf", "GNU_LIBC_VERSION"], { timeoutMs: 5_000 });
  return outcome.kind === "ok" ? firstVersion(outcome.stdout) : undefined;
}
