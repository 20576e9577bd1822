import { formatDuration } from "../../core/duration.ts";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Held } from "../../host/lock.ts";
import { setupPaths } from "./setup-paths.ts";

const RETRY_MS = 200;
/** What a killed setup left running (apt) is always waited for: as long as an installation may take. */
const LEFTOVER_MS = 1_800_000;

/** One setup at a time. Errors: SoloflowError "locked" (exit 5) when another one lives and `waitMs` is over. */
export async function acquireSetupLock(
  host: Host,
  options: { waitMs: number; progress: Progress; signal: AbortSignal },
): Promise<Held> {
  const started = host.clock.monotonic();
  const holder = { pid: process.pid, command: "setup", since: new Date(host.clock.now()).toISOString() };
  for (let said = false; ; said = true) {
    const taken = await host.lock.tryAcquire(setupPaths(host).lock, holder);
    if ("fd" in taken) return taken;
    const alive = taken.heldBy?.alive !== false;
    const waited = host.clock.monotonic() - started;
    const who =
      taken.heldBy === undefined ? "" : ` (process ${taken.heldBy.pid}, since ${taken.heldBy.since})`;
    if (options.signal.aborted || waited >= (alive ? options.waitMs : LEFTOVER_MS))
      throw new SoloflowError("locked", `another setup is running${who}`, {
        hint: "wait for it with --wait 10m",
        exitCode: EXIT.locked,
      });
    if (!said)
      options.progress.say(
        alive
          ? `another setup is running${who}: waiting for up to ${formatDuration(options.waitMs)}`
          : `an earlier setup${who} was killed, and what it started still runs: waiting for its end`,
      );
    await host.clock.sleep(RETRY_MS, options.signal);
  }
}
