import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { TestProject } from "./test-project.ts";

const KILLER = resolve(import.meta.dir, "../fixtures/deploy/killed-agent.ts");

/** Runs a deploy that is killed before its call number `at`; 0 lists the calls and kills nothing. */
export async function killedDeploy(project: TestProject, at: number): Promise<string[]> {
  const list = join(project.folder, `calls-${at}`);
  const child = Bun.spawn([process.execPath, KILLER, String(at), list, "deploy", "--wait", "1m"], {
    cwd: project.folder,
    env: { ...process.env, ...project.env },
    stdio: ["ignore", "ignore", "ignore"],
  });
  await child.exited;
  return at === 0 ? readFileSync(list, "utf8").trim().split("\n") : [];
}
