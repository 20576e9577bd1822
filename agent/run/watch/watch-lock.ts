import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Held, HeldBy } from "../../host/lock.ts";
import { awaitTurn } from "../await-turn.ts";
import type { KnownProject } from "../known-project.ts";
import { WATCHDOG, watchLock } from "../lease.ts";

/** A deploy looks at the lock for a moment, by taking it. */
const LOOK_MS = 1_000;

type Options = { progress: Progress; signal: AbortSignal };

/**
 * One watchdog a project. What a killed one had started still runs under its lock: that is waited for.
 * Errors: SoloflowError "locked" (exit 5) with who watches already.
 */
export function takeWatchLock(
  { clock, lock }: Pick<Host, "lock" | "clock">,
  { paths }: Pick<KnownProject, "paths">,
  options: Options,
): Promise<Held> {
  return awaitTurn(clock, options, async () => {
    const own = { pid: process.pid, command: WATCHDOG, since: new Date(clock.now()).toISOString() };
    const taken = await lock.tryAcquire(watchLock(paths), own);
    if ("fd" in taken) return { taken };
    const { heldBy } = taken;
    const refusal = locked(heldBy);
    if (heldBy?.alive !== false)
      return { waitMs: heldBy?.command === WATCHDOG ? 0 : LOOK_MS, waiting: undefined, refusal };
    const waiting = `waiting for a command that the watchdog before (process ${heldBy.pid}) had started`;
    return { waitMs: Number.POSITIVE_INFINITY, waiting, refusal };
  });
}

function locked(holder: HeldBy | undefined): SoloflowError {
  const who = holder === undefined ? "" : ` (process ${holder.pid}, since ${holder.since})`;
  return new SoloflowError("locked", `a watchdog of this project is running already${who}`, {
    hint: "soloflow-agent status shows what it sees",
    exitCode: EXIT.locked,
  });
}
