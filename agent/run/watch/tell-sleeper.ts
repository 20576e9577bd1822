import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { decide } from "../../plan/watchdog.ts";
import type { KnownProject } from "../known-project.ts";
import { watchLock } from "../lease.ts";
import { agreeIncidents } from "./agree-incidents.ts";
import { Memory } from "./memory.ts";
import { policyNow } from "./policy-now.ts";
import { UsualTimes } from "./usual-times.ts";
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
    const policy = policyNow(model, new UsualTimes(memory), memory);
    let state = stored;
    for (const service of services)
      state = decide(policy, state, { type: "resumed", service, at, random: 0 }).state;
    if (!memory.remember(state, { at, intents: [] }))
      throw new SoloflowError("state", `the word is not kept: ${memory.fault}`, {
        hint: "soloflow-agent status shows what is wrong with the state",
      });
    // What an incident's end has to do with is written; nobody is there to be told.
    agreeIncidents(memory, state, at);
  } finally {
    memory.close();
    taken.release();
  }
}
