import { expect, setDefaultTimeout, test } from "bun:test";
import { systemMachine as machine } from "../../../agent/host/machine.ts";
import { isAlive, processStart } from "../../../agent/host/process-life.ts";
import { waitFor } from "../../support/wait-for.ts";

setDefaultTimeout(30_000);

const SIGTERM = 1n << 14n;
const SIGUSR1 = 1n << 9n;

function perl(script: string) {
  const child = Bun.spawn({ cmd: ["perl", "-e", `$| = 1; ${script}`], stdio: ["ignore", "pipe", "inherit"] });
  return {
    pid: child.pid,
    child,
    said: async () => void (await child.stdout.getReader().read()),
    async [Symbol.asyncDispose]() {
      child.kill("SIGCONT");
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

const facts = async (pid: number) => {
  const found = await machine.process(pid);
  if (found === undefined) throw new Error("it has ended");
  return found;
};

test("which signals a process catches, blocks and ignores is seen, and that it is stopped", async () => {
  await using it = perl(
    `use POSIX; $SIG{TERM} = sub {}; $SIG{HUP} = "IGNORE";
     sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGUSR1)); print "up"; sleep 60;`,
  );
  await it.said();
  const { caught, ignored, blocked, isNamespaceInit } = await facts(it.pid);
  expect(caught & SIGTERM).toBe(SIGTERM);
  expect(blocked & SIGUSR1).toBe(SIGUSR1);
  expect(ignored & 1n).toBe(1n);
  expect(blocked & SIGTERM).toBe(0n);
  expect(isNamespaceInit).toBe(false);
  it.child.kill("SIGSTOP");
  await waitFor("it is stopped", async () => (await facts(it.pid)).state === "T");
});

test("a process' CPU time grows while it works", async () => {
  await using it = perl(`print "up"; 1 while 1;`);
  await it.said();
  const { cpuTicks, startTicks } = await facts(it.pid);
  await waitFor("it has worked", async () => (await facts(it.pid)).cpuTicks >= cpuTicks + 5);
  expect((await facts(it.pid)).startTicks).toBe(startTicks);
});

test("a process is itself, and nobody else of the same number", async () => {
  await using it = perl(`print "up"; sleep 60;`);
  await it.said();
  const start = processStart(it.pid);
  expect(start).toMatch(/^[0-9a-f]{8}:\d+$/);
  expect(isAlive(it.pid, start)).toBe(true);
  expect(isAlive(it.pid, undefined)).toBe(true);
  expect(isAlive(it.pid, `${start}1`)).toBe(false);
  it.child.kill("SIGKILL");
  await it.child.exited;
  expect(isAlive(it.pid, start)).toBe(false);
  expect(await machine.process(it.pid)).toBeUndefined();
});

test("one that has ended and that nobody has reaped is not alive", async () => {
  await using it = perl(`my $pid = fork() // die; exit 0 if $pid == 0; print "$pid\\n"; sleep 60;`);
  const { value } = await it.child.stdout.getReader().read();
  const zombie = Number(Buffer.from(value ?? []).toString());
  await waitFor("it has ended", async () => (await facts(zombie)).state === "Z");
  expect(isAlive(zombie, undefined)).toBe(false);
});

test("pressure, memory and disk are of this machine", async () => {
  const { load1, cpus, memoryAvailableBytes, memoryTotalBytes, cpuSome10 } = await machine.pressure();
  expect(load1).toBeGreaterThanOrEqual(0);
  expect(cpus).toBeGreaterThan(0);
  expect(memoryTotalBytes).toBeGreaterThan(memoryAvailableBytes);
  expect(memoryAvailableBytes).toBeGreaterThan(0);
  if (cpuSome10 !== undefined) expect(cpuSome10).toBeLessThanOrEqual(100);
  const { freeBytes, totalBytes } = await machine.diskFree("/tmp");
  expect(freeBytes).toBeGreaterThan(0);
  expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  await expect(machine.diskFree("/no/such/path")).rejects.toThrow("ENOENT");
});
