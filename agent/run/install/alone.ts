import { basename, dirname, join } from "node:path";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import { BINARY, STATE_ROOT } from "../../plan/systemd/places.ts";
import { installFiles } from "../../plan/systemd/plan-install.ts";
import type { SystemdHost } from "./systemd-host.ts";

const LOCK = `${STATE_ROOT}/install.lock`;

/** One install or uninstall on the machine at a time. Errors: SoloflowError "locked" (exit 5) where another one is at it. */
export async function alone<T>(
  { host }: SystemdHost,
  command: "install" | "uninstall",
  work: () => Promise<T>,
): Promise<T> {
  const since = new Date(host.clock.now()).toISOString();
  const taken = await host.lock.tryAcquire(LOCK, { pid: process.pid, command, since });
  if (!("fd" in taken)) {
    const who =
      taken.heldBy === undefined ? "" : ` (process ${taken.heldBy.pid}, since ${taken.heldBy.since})`;
    throw new SoloflowError("locked", `another ${taken.heldBy?.command ?? "install"} is running${who}`, {
      hint: "run it again when that one has ended",
      exitCode: EXIT.locked,
    });
  }
  try {
    return await work();
  } finally {
    await host.files.remove(LOCK);
    taken.release();
  }
}

/** Removes what a killed install had half written: a hundred megabytes, where it was the executable. */
export async function sweep({ host }: SystemdHost, project: string): Promise<void> {
  for (const path of [BINARY, ...Object.keys(installFiles(project))]) {
    const folder = dirname(path);
    const isHalf = (name: string) =>
      name.startsWith(`.${basename(path)}.`) && /\.[0-9a-f]{12}\.tmp$/.test(name);
    for (const name of ((await host.files.list(folder)) ?? []).filter(isHalf))
      await host.files.remove(join(folder, name));
  }
}
