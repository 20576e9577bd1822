import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { must } from "./must.ts";
import type { Vps } from "./vps.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const STOPPING = "/root/stopping-agent";

/** Puts the agent on the server a second time, compiled so that it stands still at a point of a rotation. */
export async function giveStoppingAgent(server: Vps): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sft-stopping-"));
  const file = join(folder, "agent");
  const flags = ["--compile", "--minify", "--bytecode", "--splitting", "--format=esm"];
  try {
    const source = "tests/fixtures/rotate/stopped-agent.ts";
    await must([process.execPath, "build", ...flags, `--outfile=${file}`, source], { cwd: ROOT });
    await server.copyIn(file, STOPPING);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Resolves when the command stands still at the point: with all that it holds, and all that it has done. */
export async function stopAt(server: Vps, folder: string, point: string, line: string): Promise<void> {
  const script = `cd ${folder} && ${STOPPING} ${point} ${line} >/var/tmp/said 2>&1 & pid=$!
    until grep -q '^State:.T' /proc/$pid/status; do
      kill -0 $pid 2>/dev/null || { cat /var/tmp/said; exit 1; }
      sleep 0.05
    done`;
  await server.must(["sh", "-c", script], { timeoutMs: 120_000 });
}
