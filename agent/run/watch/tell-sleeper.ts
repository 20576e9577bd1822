import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { systemWeb } from "../../host/web.ts";
import type { WatchAction } from "../../plan/watchdog/model.ts";
import { NO_SETTINGS } from "../../plan/watchdog/settings.ts";
import { decide } from "../../plan/watchdog.ts";
import { AlertQueue } from "../alerts/alert-queue.ts";
import type { KnownProject } from "../known-project.ts";
import { watchLock } from "../lease.ts";
import { Chronicle } from "./chronicle.ts";
import { keptRecords } from "./kept-records.ts";
import { Memory } from "./memory.ts";
import { policyNow } from "./policy-now.ts";
import { UsualTimes } from "./usual-times.ts";
import { modelReader, type WatchedModel } from "./watched-model.ts";

/**
 * An operator's word where no watchdog runs: the same decision on the stored state, so that the next one begins with
 * it. What it says is written where a watchdog writes it, alerts to be sent by the next one; no container is touched.
 * Nothing is lost where a watchdog starts at this moment: it has the lock then, and the state.
 */
export async function tellSleeper(
  host: Host,
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
    const actions: WatchAction[] = [];
    let state = stored;
    for (const service of services) {
      const decided = decide(policy, state, { type: "resumed", service, at, random: 0 });
      state = decided.state;
      actions.push(...decided.actions);
    }
    const queue = outbox(host, project, { memory, model });
    const records = keptRecords(actions, at, (store, alert) => queue.write(store, alert));
    if (!memory.remember(state, { at, intents: [], records }))
      throw new SoloflowError("state", `the word is not kept: ${memory.fault}`, {
        hint: "soloflow-agent status shows what is wrong with the state",
      });
    writeDown(actions, chronicle(host, { memory, queue, at }));
  } finally {
    memory.close();
    taken.release();
  }
}

/** Only for what is to be sent later: it sends nothing itself, and needs no secret. */
function outbox(
  host: Host,
  project: KnownProject,
  { memory, model }: { memory: Memory; model: WatchedModel | undefined },
): AlertQueue {
  return new AlertQueue({
    ...{ host, project: project.name, web: systemWeb, read: async () => undefined, warn: () => {} },
    ...{ store: () => memory.store(), settings: () => (model?.settings ?? NO_SETTINGS).alerts },
  });
}

/** Without eyes: there is no container whose last words could be gathered. */
function chronicle(
  host: Host,
  { memory, queue, at }: { memory: Memory; queue: AlertQueue; at: number },
): Chronicle {
  return new Chronicle({
    ...{ host, memory, speak: () => {}, at: () => at, container: () => undefined },
    ...{ lastAnswer: () => undefined, endLately: () => ({ oomKilled: false }) },
    alert: (action) => queue.queue(action),
  });
}

/** Acts need a container that was seen: nobody decides them here. */
function writeDown(actions: readonly WatchAction[], written: Chronicle): void {
  for (const action of actions) {
    if (action.type === "event") written.event(action);
    if (action.type === "alert") written.alert(action);
    if (action.type === "incident") written.incident(action);
  }
}
