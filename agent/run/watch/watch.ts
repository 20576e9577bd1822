import type { Exec } from "../../core/command.ts";
import { reason } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { trimMemory } from "../../host/trim-memory.ts";
import { serveUnix } from "../../host/unix-server.ts";
import type { KnownProject } from "../known-project.ts";
import { agreeIncidents } from "./agree-incidents.ts";
import { Complaints } from "./complaints.ts";
import { Memory } from "./memory.ts";
import { putSecretsBack } from "./put-right.ts";
import { type Speak, speaker } from "./speak.ts";
import { steadyClock } from "./steady-clock.ts";
import { operatorSocket, watchSocket } from "./telling.ts";
import { takeWatchLock } from "./watch-lock.ts";
import { Watchdog } from "./watchdog.ts";

export type WatchOptions = { version: string; progress: Progress; signal: AbortSignal };

const BUSY_MS = 1_000;

/**
 * Watches the services of a project until the signal: looks, decides, restarts, tells. READY=1 goes to systemd after
 * the first completed reconcile, WATCHDOG=1 with each. Ends within a second or two; a restart under way is left to
 * the next one, by its intent. Errors: SoloflowError "locked" (exit 5) where somebody watches already.
 */
export async function watch(host: Host, project: KnownProject, options: WatchOptions): Promise<void> {
  const { progress, signal } = options;
  const lock = await takeWatchLock(host, project, options);
  const speak = speaker(progress, host.env);
  const trouble = (line: string, hint?: string) => speak("error", line, { hint });
  const memory = new Memory(project.paths.database, trouble, host.clock.boot);
  const exec: Exec = (command, limits) => host.exec({ ...command, inheritFds: [lock.fd] }, limits);
  try {
    while (!signal.aborted) await watchOnce(host, project, { ...options, memory, speak, exec });
    host.notify.send("STOPPING=1");
    speak("info", "ended");
  } finally {
    memory.close();
    lock.release();
  }
}

type Round = WatchOptions & { memory: Memory; speak: Speak; exec: Exec };

/** Until the signal, or until a state can be read that could not be at the start: that is begun with anew. */
async function watchOnce(host: Host, project: KnownProject, options: Round): Promise<void> {
  const { memory, speak } = options;
  const anew = new AbortController();
  const signal = AbortSignal.any([options.signal, anew.signal]);
  memory.readable = () => anew.abort();
  const recalled = await recall(host, { memory, speak, signal });
  if (recalled === undefined) return;
  const { state, at, since } = recalled;
  const steady = steadyClock(host.clock, at, since);
  agreeIncidents(memory, state, at);
  const complaints = new Complaints(speak);
  await putSecretsBack({ host, project, speak, complaints, signal });
  const parts = { ...options, complaints, signal, host, project, steady, state, trim: trimMemory };
  const watchdog = new Watchdog(parts);
  const unheard = (what: string) => (thrown: unknown) => {
    speak("warning", `${what}: ${reason(thrown)}`);
    return undefined;
  };
  using _told = await serveUnix(watchSocket(project.paths), watchdog.tells).catch(
    unheard("what is watched is told to nobody"),
  );
  using _heard = await serveUnix(operatorSocket(project.paths), watchdog.hears, 0o600).catch(
    unheard("an operator's word is heard by nobody"),
  );
  await watchdog.run();
}

/** What was stored; while somebody else keeps the state busy there is nothing to go by, and nothing is done. */
async function recall(host: Host, { memory, speak, signal }: Pick<Round, "memory" | "speak" | "signal">) {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      // Reading takes a while, by which everything would be told too early.
      const since = host.clock.monotonic();
      return { ...memory.recall(host.clock.now()), since };
    } catch (thrown) {
      if (tries === 0) speak("warning", `waiting: ${reason(thrown)}`);
      await host.clock.sleep(BUSY_MS, signal);
    }
  }
  return undefined;
}
