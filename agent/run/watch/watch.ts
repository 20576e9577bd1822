import type { Exec } from "../../core/command.ts";
import { reason } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { trimMemory } from "../../host/trim-memory.ts";
import { serveUnix } from "../../host/unix-server.ts";
import type { KnownProject } from "../known-project.ts";
import { mendSecrets } from "../secrets/mend-secrets.ts";
import { agreeIncidents } from "./agree-incidents.ts";
import { Memory } from "./memory.ts";
import { speaker } from "./speak.ts";
import { steadyClock } from "./steady-clock.ts";
import { watchSocket } from "./telling.ts";
import { takeWatchLock } from "./watch-lock.ts";
import { Watchdog } from "./watchdog.ts";

export type WatchOptions = { version: string; progress: Progress; signal: AbortSignal };

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
  try {
    const { state, at } = memory.recall(host.clock.now());
    const steady = steadyClock(host.clock, at);
    agreeIncidents(memory, state, at);
    const exec: Exec = (command, limits) => host.exec({ ...command, inheritFds: [lock.fd] }, limits);
    // Before the first look: a container whose folder is missing cannot be started.
    await mendSecrets(host, project, { signal }).then(
      (services) =>
        services.length > 0 && speak("notice", `secrets written again for ${services.join(", ")}`),
      (thrown) => speak("error", reason(thrown)),
    );
    const watchdog = new Watchdog({
      ...options,
      host,
      exec,
      project,
      memory,
      steady,
      state,
      speak,
      trim: trimMemory,
    });
    using _socket = await serveUnix(watchSocket(project.paths), watchdog.tells).catch((thrown) => {
      speak("warning", `what is watched is told to nobody: ${reason(thrown)}`);
      return undefined;
    });
    await watchdog.run();
    host.notify.send("STOPPING=1");
    if (signal.aborted) speak("info", "ended");
  } finally {
    memory.close();
    lock.release();
  }
}
