import type { Host } from "../../host/host.ts";
import { decide } from "../../plan/watchdog.ts";
import type { KnownProject } from "../known-project.ts";
import { watchLock } from "../lease.ts";
import { Memory } from "./memory.ts";
import { policyNow } from "./policy-now.ts";
import { modelReader } from "./watched-model.ts";

/**
 * An operator's word where no watchdog runs: the same decision on the stored state, so that the next one begins with
 * it. Nothing is done, and nothing is lost where a watchdog starts at this moment: it has the lock then, and the state.
 */
export async function tellSleeper(
  host: Pick<Host, "files" | "clock" | "lock">,
  project: KnownProject,
  services: readonly string[],
): Promise<void> {
  const since = new Date(host.clock.now()).toISOString();
  const taken = await host.lock.tryAcquire(watchLock(project.paths), {
    ...{ pid: process.pid, command: "resume", since },
  });
  if (!("release" in taken)) return;
  const memory = new Memory(project.paths.database, () => {}, host.clock.boot);
  try {
    const { state: stored, at } = memory.recall(host.clock.now());
    const { model } = await modelReader(host, project)();
    const policy = policyNow(model, memory);
    let state = stored;
    for (const service of services)
      state = decide(policy, state, { type: "resumed", service, at, random: 0 }).state;
    memory.remember(state, { at, intents: [] });
  } finally {
    memory.close();
    taken.release();
  }
}
