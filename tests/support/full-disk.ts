import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { must } from "./vps/must.ts";

const CHUNK = Buffer.alloc(1 << 20);
const LAST_BYTES = Buffer.alloc(512);

export type SmallDisk = AsyncDisposable & {
  /** Leaves no byte free. */
  fill(): void;
  free(): void;
};

/** A file system of its own at `path`; `bytes` is its size. Needs root. */
export async function smallDisk(path: string, bytes: number): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true });
  await must(["mount", "-t", "tmpfs", "-o", `size=${bytes},mode=0700`, "tmpfs", path]);
  const ballast = join(path, "ballast");
  return {
    fill() {
      const file = openSync(ballast, "a");
      for (const chunk of [CHUNK, LAST_BYTES]) writeUntilFull(file, chunk);
      closeSync(file);
    },
    free: () => rmSync(ballast, { force: true }),
    // Containers that are gone may hold it for a moment.
    [Symbol.asyncDispose]: async () => void (await must(["umount", "--lazy", path])),
  };
}

function writeUntilFull(file: number, chunk: Buffer): void {
  try {
    for (;;) writeSync(file, chunk);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOSPC") throw thrown;
  }
}
