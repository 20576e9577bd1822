import { reason, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { openStore } from "../../host/store/open-store.ts";
import type { Store } from "../../host/store/store.ts";
import { systemWeb } from "../../host/web.ts";
import { failedTurn, type Reminder } from "../../plan/rotate/reminders.ts";
import { NO_SETTINGS } from "../../plan/watchdog/settings.ts";
import { AlertQueue } from "../alerts/alert-queue.ts";
import { secretReader } from "../alerts/alert-secret.ts";
import { readModel } from "../deploy/model-file.ts";
import type { KnownProject } from "../known-project.ts";
import { watchLock } from "../lease.ts";
import type { Project } from "../project.ts";

type Options = { progress: Progress; signal: AbortSignal };
type Told = Omit<Reminder, "key"> & { key?: string };

/** Has people told of what only they can do; the log has it too. Never throws: no rotation hangs on it. */
export function leaveReminders(
  host: Host,
  { config, paths }: Project,
  reminders: readonly Reminder[],
  options: Options,
): Promise<void> {
  return leave(host, { name: config.project, paths }, reminders, options);
}

/** The same of a turn that failed; once, also where the watchdog says that its child has failed. */
export function leaveFailure(
  host: Host,
  project: KnownProject,
  thrown: unknown,
  options: Options,
): Promise<void> {
  return leave(host, project, [{ action: failedTurn(reason(thrown), nextAfter(thrown)) }], options);
}

/** A hint that names no command leads somebody at night nowhere. */
function nextAfter(thrown: unknown): string {
  if (!(thrown instanceof SoloflowError)) return "soloflow-agent rotate-secrets --dry-run";
  if (thrown.hint?.includes("soloflow-agent") === true) return thrown.hint;
  return thrown.code === "config" ? "soloflow-agent check" : "soloflow-agent rotate-secrets --dry-run";
}

async function leave(host: Host, project: KnownProject, reminders: readonly Told[], options: Options) {
  const { progress } = options;
  for (const { action } of reminders) progress.warn(action.cause, action.next);
  if (reminders.length === 0) return;
  try {
    const { alerts } = (await readModel(host, project))?.["x-soloflow"].watch ?? NO_SETTINGS;
    using store = openStore(project.paths.database);
    const queue = new AlertQueue({
      ...{ host, project: project.name, web: systemWeb, read: secretReader(host, project) },
      ...{ store: (): Store => store, settings: () => alerts, warn: (line) => progress.warn(line) },
    });
    store.transaction(() => {
      for (const { action, key } of reminders) queue.write(store, action, key);
    });
    await sendWhereNobodyWatches(host, project, queue, options);
  } catch (thrown) {
    progress.warn(`nobody is told of that: ${reason(thrown)}`);
  }
}

/** A watchdog sends what is written; where there is none, this is the only one who can. */
async function sendWhereNobodyWatches(
  { lock, clock }: Host,
  { paths }: KnownProject,
  queue: AlertQueue,
  { signal }: Options,
): Promise<void> {
  const who = { pid: process.pid, command: "rotate-secrets", since: new Date(clock.now()).toISOString() };
  const taken = await lock.tryAcquire(watchLock(paths), who);
  if (!("release" in taken)) return;
  try {
    await queue.deliverDue(signal);
  } finally {
    taken.release();
  }
}
