import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "../../../agent/host/exec.ts";
import type { Held } from "../../../agent/host/lock.ts";
import { processStart } from "../../../agent/host/process-life.ts";
import { systemLock } from "../../../agent/host/system-lock.ts";
import { worksOn } from "../../../agent/host/works-on.ts";
import { smallDisk } from "../../support/full-disk.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

const me = { pid: process.pid, command: "test", since: "2026-01-01T00:00:00.000Z" };
const HOLDER = join(import.meta.dir, "../../fixtures/host/lock-holder.ts");
const RACER = join(import.meta.dir, "../../fixtures/host/lock-racer.ts");

async function acquire(path: string): Promise<Held | undefined> {
  const result = await systemLock.tryAcquire(path, me);
  return "fd" in result ? result : undefined;
}

/** Another process that holds the lock with a child; resolves with the child's pid once both run. */
async function startHolder(path: string, seconds: number) {
  const holder = Bun.spawn({
    cmd: [process.execPath, HOLDER, path, String(seconds)],
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  (async () => {
    for await (const chunk of holder.stdout) printed += Buffer.from(chunk).toString();
  })();
  const child = await waitFor("the holder's child runs", () => /^held\n(\d+)\n/.exec(printed)?.[1]);
  return { holder, child: Number(child) };
}

test("the lock is held once, and its holder can be read", async () => {
  using folder = tempFolder();
  const path = folder.at("project", "lock");
  const first = await acquire(path);
  expect(await systemLock.tryAcquire(path, { ...me, command: "other" })).toEqual({
    heldBy: { ...me, alive: true },
  });
  first?.release();
  first?.release();
  const second = await acquire(path);
  expect(second).toBeDefined();
  second?.release();
});

test("a lock that is taken is refused to another process", async () => {
  using folder = tempFolder();
  const held = await acquire(folder.at("lock"));
  const other = await exec(
    { argv: [process.execPath, HOLDER, folder.at("lock"), "0"] },
    { timeoutMs: 20_000 },
  );
  expect(other).toMatchObject({ kind: "failed", code: 5, stdout: "refused\n" });
  held?.release();
});

test("after kill -9 the lock lives until the child that works under it has ended", async () => {
  using folder = tempFolder();
  const path = folder.at("lock");
  const { holder, child } = await startHolder(path, 30);
  expect(await acquire(path)).toBeUndefined();
  holder.kill("SIGKILL");
  await holder.exited;
  expect(await systemLock.tryAcquire(path, me)).toMatchObject({
    heldBy: { pid: holder.pid, command: "deploy", alive: false },
  });
  process.kill(child, "SIGKILL");
  const freed = await waitFor("the lock is free", () => acquire(path));
  freed.release();
});

test("a killed operation is still at work until the last command that it had started has ended", async () => {
  using folder = tempFolder();
  const path = folder.at("lock");
  const works = worksOn(path);
  const { holder, child } = await startHolder(path, 30);
  const start = processStart(holder.pid);
  expect(works(holder.pid, start)).toBe(true);
  holder.kill("SIGKILL");
  await holder.exited;
  expect(works(holder.pid, start)).toBe(true);
  expect(works(child + 1_000_000, "x:1")).toBe(false);
  process.kill(child, "SIGKILL");
  await waitFor("nothing of it works any more", () => !works(holder.pid, start));
  const next = await waitFor("the look at it has taken the lock from nobody", () => acquire(path));
  expect(works(holder.pid, start)).toBe(false);
  next.release();
});

test("of four that take the lock and delete its file as its holder, never two have it", async () => {
  using folder = tempFolder();
  const argv = [process.execPath, RACER, folder.at("lock"), folder.at("marker"), "300"] as const;
  const ends = await Promise.all([1, 2, 3, 4].map(() => exec({ argv }, { timeoutMs: 60_000 })));
  expect(ends.map((end) => end.kind)).toEqual(["ok", "ok", "ok", "ok"]);
}, 70_000);

test("a holder that cannot be read is unknown, not a crash", async () => {
  using folder = tempFolder();
  const held = await acquire(folder.at("lock"));
  for (const garbage of ["", "{", '{"pid":"x"}', "null"]) {
    writeFileSync(folder.at("lock"), garbage);
    expect(await systemLock.tryAcquire(folder.at("lock"), me)).toEqual({ heldBy: undefined });
  }
  held?.release();
});

test("a shorter holder leaves nothing of a longer one before it", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("lock"), "x".repeat(1_000));
  const held = await acquire(folder.at("lock"));
  expect(JSON.parse(readFileSync(folder.at("lock"), "utf8"))).toEqual(me);
  held?.release();
});

test("on a full disk a lock is refused with the reason, and held by nobody once there is room", async () => {
  using folder = tempFolder();
  await using disk = await smallDisk(folder.at("disk"), 1 << 20);
  disk.fill();
  const path = folder.at("disk", "lock");
  await expect(systemLock.tryAcquire(path, me)).rejects.toMatchObject({
    code: "lock",
    message: expect.stringContaining("no space left"),
  });
  disk.free();
  (await acquire(path))?.release();
  expect(readFileSync(path, "utf8")).toContain('"command":"test"');
});
