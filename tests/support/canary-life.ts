import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { sha256 } from "../../agent/core/canonical.ts";
import { systemFiles } from "../../agent/host/system-files.ts";
import { projectPaths } from "../../agent/run/project.ts";
import { openSecretsOf } from "../../agent/run/secrets/open-secrets.ts";
import { binary } from "./binary.ts";
import type { Canaries } from "./canaries.ts";
import { containerIds } from "./container-ids.ts";
import { docker } from "./sandbox.ts";
import type { StackProject } from "./stack-project.ts";
import type { AgentRun } from "./test-project.ts";
import { must } from "./vps/must.ts";

/** A value that nothing else on this machine has. */
export function canary(before: string, after = ""): string {
  return `${before}canary${randomBytes(12).toString("hex")}${after}`;
}

export function pathsOf({ name, env }: Pick<StackProject, "name" | "env">) {
  return projectPaths(name, { env, uid: process.getuid?.() ?? 0 });
}

/** What the store holds in any of its versions, committed or not, each by "NAME, HASH": of a login the password. */
export async function storedValues(stack: StackProject): Promise<Canaries> {
  const paths = pathsOf(stack);
  const found: Record<string, string> = {};
  for (const file of readdirSync(paths.secrets)) {
    const version = Number(/^v(\d+)\.age$/.exec(file)?.[1] ?? 0);
    if (version === 0) continue;
    const { secrets } = await openSecretsOf({ files: systemFiles }, { paths }, version);
    for (const [name, { versions }] of Object.entries(secrets))
      for (const { value } of versions) {
        const text = typeof value === "string" ? value : value.password;
        found[`${name}, ${sha256(text).slice(0, 6)}`] = text;
      }
  }
  return found;
}

/** Runs the agent with this on its standard input. */
export async function agentGiven(stack: StackProject, input: string, ...args: string[]): Promise<AgentRun> {
  const child = Bun.spawn([await binary(), ...args], {
    cwd: stack.folder,
    env: { ...process.env, ...stack.env },
    stdio: [Buffer.from(input), "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const code = await child.exited;
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
  return { code, stdout, stderr };
}

/** What the engine knows of the project's containers and images, and what those have logged, by where. */
export async function engineKnows(project: string): Promise<Record<string, string>> {
  const known: Record<string, string> = {};
  const ids = await containerIds(project);
  known["docker inspect"] = await docker("inspect", ...ids);
  for (const id of ids) known[`log of ${id}`] = await must(["sh", "-c", `docker logs ${id} 2>&1`]);
  const images = [...new Set((await docker("inspect", "-f", "{{.Image}}", ...ids)).split("\n"))];
  known.images = await docker("image", "inspect", ...images);
  for (const image of images)
    known[`history of ${image}`] = await docker("image", "history", "--no-trunc", image);
  return known;
}
