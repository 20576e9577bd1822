import type { Host } from "../../host/host.ts";

const former = (path: string): string => `${path}.former`;

/**
 * Replaces a file and keeps its former self beside it: putting that back is a rename, which needs no room on a disk
 * that may be full by then. Returns the path where there is something to put back.
 */
export async function replaceFile(
  host: Pick<Host, "files">,
  path: string,
  text: string,
  mode = 0o600,
): Promise<string[]> {
  const before = await host.files.readText(path);
  if (before === text) return [];
  if (before !== undefined) await host.files.writeAtomic(former(path), before, { mode });
  await host.files.writeAtomic(path, text, { mode });
  return before === undefined ? [] : [path];
}

/** `paths`: what `replaceFile` returned. */
export async function putFilesBack(host: Pick<Host, "files">, paths: readonly string[]): Promise<void> {
  for (const path of paths) await host.files.rename(former(path), path);
}
