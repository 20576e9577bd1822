import { formatDuration } from "../../core/duration.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Held } from "../../host/lock.ts";
import { awaitTurn } from "../await-turn.ts";
import { setupPaths } from "./setup-paths.ts";

/** What a killed setup left running (apt) is always waited for: as long as an installation may take. */
const LEFTOVER_MS = 1_800_000;

/** One setup at a time. Errors: SoloflowError "locked" (exit 5) when another one lives and `waitMs` is over. */
export function acquireSetupLock(
  host: Host,
  options: { waitMs: number; progress: Progress; signal: AbortSignal },
): Promise<Held> {
  return awaitTurn(host.clock, options, async () => {
    const since = new Date(host.clock.now()).toISOString();
    const own = { pid: process.pid, command: "setup", since };
    const taken = await host.lock.tryAcquire(setupPaths(host).lock, own);
    if ("fd" in taken) return { taken };
    const { heldBy } = taken;
    const isAlive = heldBy?.alive !== false;
    const who = heldBy === undefined ? "" : ` (process ${heldBy.pid}, since ${heldBy.since})`;
    const refusal = new SoloflowError("locked", `another setup is running${who}`, {
      hint: "wait for it with --wait 10m",
      exitCode: EXIT.locked,
    });
    const waiting = isAlive
      ? `another setup is running${who}: waiting for up to ${formatDuration(options.waitMs)}`
      : `an earlier setup${who} was killed, and what it started still runs: waiting for its end`;
    return { waitMs: isAlive ? options.waitMs : LEFTOVER_MS, waiting, refusal };
  });
}
