import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own in `parent` that is gone with the end of the scope: `using folder = tempFolder()`. */
export function tempFolder(parent = tmpdir()): Disposable & { path: string; at(...names: string[]): string } {
  const path = mkdtempSync(join(parent, "sft-"));
  return {
    path,
    at: (...names) => join(path, ...names),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
