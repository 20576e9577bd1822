import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One tool of the gate. It passes when it exits with 0. */
export type Check = { name: string; argv: string[] };

export type Finished = { name: string; passed: boolean; output: string; seconds: number };

const bin = (root: string, tool: string) => join(root, "node_modules/.bin", tool);

/** Format, lint with the floors, types and unused code. */
export function checks(root: string): Check[] {
  return [
    { name: "format and lint", argv: [bin(root, "biome"), "check", "--error-on-warnings", "."] },
    { name: "types", argv: [bin(root, "tsc"), "--project", "."] },
    { name: "unused code", argv: [bin(root, "knip"), "--no-progress"] },
  ];
}

/** Types of the stack's own packages, for those that are installed. */
export function stackChecks(root: string): Check[] {
  return readdirSync(join(root, "stack"))
    .map((name) => join("stack", name))
    .filter((folder) => existsSync(join(root, folder, "tsconfig.json")))
    .map((folder) => ({
      name: `types of ${folder}`,
      argv: [bin(root, "tsc"), "--noEmit", "--project", folder],
    }));
}

/** Runs it and keeps what it prints. */
export async function runCheck(root: string, check: Check): Promise<Finished> {
  const started = performance.now();
  const child = Bun.spawn(check.argv, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const output = (await Promise.all([child.stdout.text(), child.stderr.text()])).join("");
  const passed = (await child.exited) === 0;
  return { name: check.name, passed, output, seconds: (performance.now() - started) / 1000 };
}

/** A line for what passed, everything it printed for what failed. */
export function report({ name, passed, output, seconds }: Finished): void {
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) console.log(output.trimEnd());
}
