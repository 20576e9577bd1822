import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Held, HeldBy } from "../../host/lock.ts";
import type { KnownProject } from "../known-project.ts";
import { WATCHDOG, watchLock } from "../lease.ts";

const RETRY_MS = 100;
/** A deploy looks at the lock for a moment, by taking it. */
const GLANCE_MS = 1_000;

type Options = { progress: Progress; signal: AbortSignal };

/**
 * One watchdog a project. What a killed one had started still runs under its lock: that is waited for.
 * Errors: SoloflowError "locked" (exit 5) with who watches already.
 */
export async function takeWatchLock(
  host: Pick<Host, "lock" | "clock">,
  { paths }: Pick<KnownProject, "paths">,
  { progress, signal }: Options,
): Promise<Held> {
  const since = new Date(host.clock.now()).toISOString();
  const own = { pid: process.pid, command: WATCHDOG, since };
  const glanceUntil = host.clock.monotonic() + GLANCE_MS;
  for (let said = false; ; ) {
    const taken = await host.lock.tryAcquire(watchLock(paths), own);
    if ("fd" in taken) return taken;
    const isGlance = taken.heldBy?.command !== WATCHDOG && host.clock.monotonic() < glanceUntil;
    if (signal.aborted || (taken.heldBy?.alive !== false && !isGlance)) throw locked(taken.heldBy);
    if (!said && taken.heldBy?.alive === false)
      progress.say(
        `waiting for a command that the watchdog before (process ${taken.heldBy.pid}) had started`,
      );
    said ||= taken.heldBy?.alive === false;
    await host.clock.sleep(RETRY_MS, signal);
  }
}

function locked(holder: HeldBy | undefined): SoloflowError {
  const who = holder === undefined ? "" : ` (process ${holder.pid}, since ${holder.since})`;
  return new SoloflowError("locked", `a watchdog of this project is running already${who}`, {
    hint: "soloflow-agent status shows what it sees",
    exitCode: EXIT.locked,
  });
}
