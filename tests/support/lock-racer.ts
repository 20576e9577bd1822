import { closeSync, openSync, rmSync } from "node:fs";
import { systemLock } from "../../agent/host/system-lock.ts";

/*
 * Takes the lock again and again, deletes its file while holding it, and exits with 1 when it ever was not alone:
 * bun lock-racer.ts LOCK MARKER TURNS.
 */
const [lock = "", marker = "", turns = "0"] = Bun.argv.slice(2);
const me = { pid: process.pid, command: "race", since: "" };
for (let turn = 0; turn < Number(turns); turn++) {
  const held = await systemLock.tryAcquire(lock, me);
  if (!("fd" in held)) continue;
  try {
    closeSync(openSync(marker, "wx"));
  } catch {
    process.exit(1);
  }
  await Bun.sleep(0);
  rmSync(marker);
  rmSync(lock, { force: true });
  held.release();
}
