import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { systemFiles as files } from "../../../agent/host/system-files.ts";
import { tempFolder } from "../../support/temp-folder.ts";

test("what is not there is undefined, not an error", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("plain"), "");
  for (const path of [folder.at("none"), folder.at("plain", "below")]) {
    expect(await files.readText(path)).toBeUndefined();
    expect(await files.readBytes(path)).toBeUndefined();
    expect(await files.list(path)).toBeUndefined();
    expect(await files.stat(path)).toBeUndefined();
    expect(await files.readLink(path)).toBeUndefined();
  }
  expect(await files.walk(folder.at("none"))).toEqual([]);
  await files.remove(folder.at("none"));
});

test("a file is written 0600 and its missing parents 0700, whatever the umask", async () => {
  using folder = tempFolder();
  const umask = process.umask(0);
  try {
    await files.writeAtomic(folder.at("a", "b", "value"), "text");
  } finally {
    process.umask(umask);
  }
  expect(await files.readText(folder.at("a", "b", "value"))).toBe("text");
  expect(await files.stat(folder.at("a", "b", "value"))).toMatchObject({
    kind: "file",
    mode: 0o600,
    size: 4,
  });
  expect(await files.stat(folder.at("a"))).toMatchObject({ kind: "folder", mode: 0o700 });
});

test("mode and owner are exact, even where the umask would take from them", async () => {
  using folder = tempFolder();
  const umask = process.umask(0o077);
  const owner = process.getuid?.() === 0 ? { uid: 10_001, gid: 10_001 } : {};
  try {
    await files.writeAtomic(folder.at("shared"), Buffer.from([1, 2]), { mode: 0o444, ...owner });
    await files.makeFolder(folder.at("deep", "open"), 0o755);
  } finally {
    process.umask(umask);
  }
  expect(await files.stat(folder.at("shared"))).toMatchObject({ mode: 0o444, uid: owner.uid ?? 0 });
  expect(await files.stat(folder.at("deep", "open"))).toMatchObject({ mode: 0o755 });
  expect(await files.stat(folder.at("deep"))).toMatchObject({ mode: 0o700 });
});

test("replacing leaves the old or the new content, and nothing else in the folder", async () => {
  using folder = tempFolder();
  const contents = ["a".repeat(70_000), "b".repeat(90_000)];
  await files.writeAtomic(folder.at("state"), contents[0] ?? "");
  let writing = true;
  const reader = (async () => {
    while (writing) expect(contents).toContain((await files.readText(folder.at("state"))) ?? "gone");
  })();
  for (let round = 0; round < 20; round++)
    await files.writeAtomic(folder.at("state"), contents[round % 2] ?? "");
  writing = false;
  await reader;
  expect(readdirSync(folder.path)).toEqual(["state"]);
});

test("a link in the file's place is replaced, its target is left alone", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("target"), "theirs");
  symlinkSync(folder.at("target"), folder.at("state"));
  await files.writeAtomic(folder.at("state"), "ours");
  expect(await files.readText(folder.at("target"))).toBe("theirs");
  expect(await files.readLink(folder.at("state"))).toBeUndefined();
});

test("a write that fails names the path and leaves no temporary file", async () => {
  using folder = tempFolder();
  mkdirSync(folder.at("state", "inside"), { recursive: true });
  await expect(files.writeAtomic(folder.at("state"), "x")).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining(folder.at("state")),
  });
  expect(readdirSync(folder.path)).toEqual(["state"]);
});

test("an existing folder keeps its mode", async () => {
  using folder = tempFolder();
  mkdirSync(folder.at("there"));
  chmodSync(folder.at("there"), 0o711);
  await files.makeFolder(folder.at("there"), 0o700);
  expect(statSync(folder.at("there")).mode & 0o777).toBe(0o711);
});

test("a walk gives files and links in order, and does not leave the folder through a link", async () => {
  using folder = tempFolder();
  using elsewhere = tempFolder();
  writeFileSync(elsewhere.at("secret"), "");
  for (const path of ["b/c", "a"]) mkdirSync(folder.at(path), { recursive: true });
  for (const path of ["z", "b/c/2", "b/c/10", "a/1"]) writeFileSync(folder.at(path), "");
  symlinkSync(elsewhere.path, folder.at("a", "out"));
  expect(await files.walk(folder.path)).toEqual(["a/1", "a/out", "b/c/10", "b/c/2", "z"]);
  expect(await files.list(folder.path)).toEqual(["a", "b", "z"]);
  expect(await files.stat(folder.at("a", "out"))).toMatchObject({ kind: "link" });
  expect(await files.readLink(folder.at("a", "out"))).toBe(elsewhere.path);
});

test("removing takes whole folders, but never what a link in them points to", async () => {
  using folder = tempFolder();
  using elsewhere = tempFolder();
  writeFileSync(elsewhere.at("kept"), "");
  mkdirSync(folder.at("gone"));
  symlinkSync(elsewhere.path, folder.at("gone", "link"));
  await files.remove(folder.at("gone"));
  expect(await files.stat(folder.at("gone"))).toBeUndefined();
  expect(await files.list(elsewhere.path)).toEqual(["kept"]);
});

test("space is that of the nearest folder that exists, and tmpfs is told from a disk", async () => {
  const memory = await files.space("/dev/shm/sft-none/below");
  expect(memory).toMatchObject({ tmpfs: true });
  expect(memory.freeBytes).toBeLessThanOrEqual(memory.totalBytes);
  expect(memory.totalBytes).toBeGreaterThan(1_000_000);
  expect((await files.space("/proc/none")).tmpfs).toBe(false);
});
