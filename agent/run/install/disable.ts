import type { SystemdHost } from "./systemd-host.ts";

/** As long as the agent may take to stop, and some. */
const STOP_MS = 60_000;

/** Stops a unit now and keeps it from starting by itself. Errors: SoloflowError "install". */
export async function disable({ run, try: attempt }: SystemdHost, unit: string): Promise<void> {
  await run(["systemctl", "disable", "--now", unit], STOP_MS);
  // One that failed would be listed for ever.
  await attempt(["systemctl", "reset-failed", unit]);
}
