import { exec } from "../../agent/host/exec.ts";
import { systemLock } from "../../agent/host/system-lock.ts";

/*
 * A process that takes the lock named in argv and keeps it while a child works under it:
 * bun lock-holder.ts LOCK CHILD_SECONDS. Prints "held" or "refused" and, with a child, its pid.
 */
const [lock = "", seconds = "0"] = Bun.argv.slice(2);
const holder = { pid: process.pid, command: "deploy", since: "2026-01-02T03:04:05.000Z" };
const result = await systemLock.tryAcquire(lock, holder);
if (!("fd" in result)) {
  console.log("refused");
  process.exit(5);
}
console.log("held");
await exec(
  { argv: ["sh", "-c", `echo $$; exec sleep ${seconds}`], inheritFds: [result.fd] },
  { timeoutMs: 60_000, onLine: (line) => console.log(line) },
);
