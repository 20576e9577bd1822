import type { Stats } from "node:fs";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  statfs,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { reason, SoloflowError } from "../core/errors.ts";
import type { FileStat, Files } from "./files.ts";
import { hashFile } from "./hash-file.ts";
import { scanTree } from "./scan-tree.ts";
import { syncFolder, writeAtomic } from "./write-atomic.ts";

/** statfs(2): tmpfs and ramfs never reach a disk. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6]);
const ABSENT = new Set(["ENOENT", "ENOTDIR"]);

/** The machine's files. What the kernel refuses becomes a SoloflowError "file" that names the path. */
export const systemFiles: Files = {
  readText: (path) => orAbsent("read", path, () => readFile(path, "utf8")),
  readBytes: (path) => orAbsent("read", path, async () => new Uint8Array(await readFile(path))),
  writeAtomic: (path, data, options) => named("write", path, () => writeAtomic(path, data, options)),
  makeFolder: (path, mode = 0o700) => named("make", path, () => makeFolder(path, mode)),
  list: (path) => orAbsent("read", path, async () => (await readdir(path)).sort()),
  walk: (path) => named("read", path, () => walk(path)),
  scan: (path, filter) => named("read", path, async () => scanTree(path, filter)),
  sha256: (path) => orAbsent("read", path, () => hashFile(path)),
  stat: (path) => orAbsent("look at", path, async () => fileStat(await lstat(path))),
  readLink: (path) => readlink(path).catch(() => undefined),
  rename: (from, to) => named("rename", from, () => renameForGood(from, to)),
  remove: (path) => named("remove", path, () => rm(path, { recursive: true, force: true })),
  chown: (path, uid, gid) => named("change the owner of", path, () => chown(path, uid, gid)),
  chmod: (path, mode) => named("change the mode of", path, () => chmod(path, mode)),
  space: (path) => named("look at", path, () => space(path)),
};

async function renameForGood(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

async function makeFolder(path: string, mode: number): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  // mkdir obeys the umask, and `mode` is for the folder itself, not for the parents that were missing.
  if (made !== undefined) await chmod(path, mode);
}

async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const pending = [""];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(ignoreAbsent);
    for (const entry of entries ?? []) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
    }
  }
  return found.sort();
}

function fileStat(stats: Stats): FileStat {
  const kind = stats.isFile()
    ? "file"
    : stats.isDirectory()
      ? "folder"
      : stats.isSymbolicLink()
        ? "link"
        : "other";
  return {
    kind,
    size: stats.size,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    modifiedAtMs: Math.trunc(stats.mtimeMs),
  };
}

async function space(path: string): Promise<{ freeBytes: number; totalBytes: number; tmpfs: boolean }> {
  const found = await statfs(path).catch(ignoreAbsent);
  if (found === undefined) return space(dirname(path));
  return {
    freeBytes: found.bavail * found.bsize,
    totalBytes: found.blocks * found.bsize,
    tmpfs: IN_MEMORY.has(found.type),
  };
}

function ignoreAbsent(thrown: NodeJS.ErrnoException): undefined {
  if (!ABSENT.has(thrown.code ?? "")) throw thrown;
}

function orAbsent<T>(verb: string, path: string, action: () => Promise<T>): Promise<T | undefined> {
  return named(verb, path, () => action().catch(ignoreAbsent));
}

async function named<T>(verb: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw new SoloflowError("file", `cannot ${verb} ${path}: ${reason(thrown)}`, {
      hint: hintFor((thrown as NodeJS.ErrnoException).code),
      cause: thrown,
    });
  }
}

function hintFor(code: string | undefined): string | undefined {
  if (code === "EACCES" || code === "EPERM") return "run the command as the user who owns it, or as root";
  if (code === "ENOSPC") return "free some space (`docker system df` shows what images and caches take)";
  return undefined;
}
