import { constants } from "node:fs";
import { type FileHandle, link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** See `Files.writeAtomic`. Nobody else can read the new content before mode and owner are what was asked for. */
export async function writeAtomic(
  path: string,
  data: string | Uint8Array,
  options: { mode?: number; uid?: number; gid?: number; exclusive?: boolean } = {},
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(
    folder,
    `.${basename(path).slice(0, 200)}.${crypto.getRandomValues(Buffer.alloc(6)).toString("hex")}.tmp`,
  );
  try {
    await withFile(await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600), async (file) => {
      await file.writeFile(data);
      if (options.uid !== undefined || options.gid !== undefined) {
        await file.chown(options.uid ?? process.getuid?.() ?? 0, options.gid ?? process.getgid?.() ?? 0);
      }
      await file.chmod(options.mode ?? 0o600);
      await file.sync();
    });
    // link(2) fails where something already is, and what appears is whole: O_EXCL for the finished file.
    if (options.exclusive === true) await link(temporary, path).then(() => rm(temporary));
    else await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
  await syncFolder(folder);
}

/** What was renamed in the folder is on the disk once this has returned. */
export async function syncFolder(folder: string): Promise<void> {
  await withFile(await open(folder, O_RDONLY | O_DIRECTORY), (handle) => handle.sync());
}

async function withFile(file: FileHandle, action: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await action(file);
  } finally {
    await file.close();
  }
}
