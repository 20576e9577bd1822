import { readFileSync } from "node:fs";
import { join } from "node:path";

/** "0.1.0 (1a2b3c4)"; ", modified" when what the executable is made of differs from the commit. */
export function agentVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const commit = git(root, ["rev-parse", "--short=10", "HEAD"]);
  if (commit === undefined) return version;
  const changed = git(root, ["status", "--porcelain", "--", "agent", "stack", "package.json", "bun.lock"]);
  return `${version} (${commit}${changed === "" ? "" : ", modified"})`;
}

function git(root: string, args: string[]): string | undefined {
  if (Bun.which("git") === null) return undefined;
  const child = Bun.spawnSync(["git", "-C", root, ...args], { stdout: "pipe", stderr: "ignore" });
  return child.exitCode === 0 ? child.stdout.toString().trim() : undefined;
}
