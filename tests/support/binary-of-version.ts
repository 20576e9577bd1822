import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { must } from "./vps/must.ts";

const root = resolve(import.meta.dir, "../..");

/**
 * An executable of the same sources that calls itself another version, in a folder of its own: the caller removes it.
 * Without the stack that the real one carries.
 */
export async function binaryOfVersion(version: string): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), "sft-version-")), "soloflow-agent");
  const flags = ["--compile", "--minify", "--bytecode", "--splitting", "--format=esm"];
  const define = `--define=SOLOFLOW_VERSION=${JSON.stringify(version)}`;
  await must([process.execPath, "build", ...flags, define, `--outfile=${file}`, "agent/main.ts"], {
    cwd: root,
  });
  return file;
}
