import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Host } from "../host/host.ts";
import { stackSourceFiles } from "./stack-source.ts";

/** What an extraction did; paths relative to the stack's folder, sorted. */
export type Extraction = {
  written: string[];
  same: string[];
  /** There already with another content, and left as they are. */
  different: string[];
};

const compiled = import.meta.path.startsWith("/$bunfs/");

/** The stack that ships with the agent: inside the executable, or `stack/` beside the sources. */
const home = compiled ? join(import.meta.dir, "stack") : join(import.meta.dir, "../../stack");

/** Relative paths of the stack's sources, sorted; the same list compiled and from source. */
export function embeddedStackFiles(): string[] {
  return stackSourceFiles(home);
}

/** Content of one of `embeddedStackFiles()`. */
export function readEmbeddedStack(path: string): Uint8Array {
  return readFileSync(join(home, path));
}

/**
 * Writes the stack's sources into `folder` (absolute). A file that is there with another content is kept
 * and reported, unless `overwrite` says to replace it. No file needs an executable bit: all are 0644.
 */
export async function extractStack(
  host: Pick<Host, "files">,
  folder: string,
  options: { overwrite?: (path: string) => boolean } = {},
): Promise<Extraction> {
  const result: Extraction = { written: [], same: [], different: [] };
  for (const path of embeddedStackFiles()) {
    const target = join(folder, path);
    const data = readEmbeddedStack(path);
    const there = await host.files.readBytes(target);
    if (there !== undefined && Buffer.compare(there, data) === 0) result.same.push(path);
    else if (there !== undefined && options.overwrite?.(path) !== true) result.different.push(path);
    else {
      await host.files.makeFolder(dirname(target), 0o755);
      await host.files.writeAtomic(target, data, { mode: 0o644 });
      result.written.push(path);
    }
  }
  return result;
}

/**
 * A folder on disk that holds the agent's own stack, for builds whose context it is: `stack/` when run from
 * source, else a copy below `cache` named by its content, made at the first call.
 */
export async function embeddedStackFolder(host: Pick<Host, "files">, cache: string): Promise<string> {
  if (!compiled) return home;
  const folder = join(cache, "stack", stackDigest());
  await extractStack(host, folder, { overwrite: () => true });
  return folder;
}

/** First 16 hex digits of the SHA-256 over every path and content. */
function stackDigest(): string {
  const hash = createHash("sha256");
  for (const path of embeddedStackFiles()) hash.update(`${path}\0`).update(readEmbeddedStack(path));
  return hash.digest("hex").slice(0, 16);
}
