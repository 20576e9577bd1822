import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { AgentRun, TestProject } from "./test-project.ts";
import { waitFor } from "./wait-for.ts";

const FIXTURE = resolve(import.meta.dir, "../fixtures/rotate/stopped-agent.ts");
const COMING_MS = 90_000;

/** An agent that stands still at a point of its journal, with the lock and all that it holds; dead at the scope's end. */
export type StoppedAgent = AsyncDisposable & {
  readonly pid: number;
  /** Lets it go on to its end. */
  goOn(): Promise<AgentRun>;
  kill(): Promise<void>;
};

/** Starts a command of the agent, and resolves when it stands still at the point. */
export async function stoppedAgent(
  project: Pick<TestProject, "folder" | "env">,
  point: string,
  ...argv: string[]
): Promise<StoppedAgent> {
  const child = Bun.spawn([process.execPath, FIXTURE, point, ...argv], {
    cwd: project.folder,
    env: { ...process.env, ...project.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = Promise.all([child.stdout.text(), child.stderr.text()]);
  const end = async (): Promise<AgentRun> => {
    const [code, [stdout, stderr]] = [await child.exited, await said];
    return { code, stdout, stderr };
  };
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await end();
  };
  await waitFor(
    `${argv.join(" ")} comes to ${point}`,
    async () => {
      if (child.exitCode !== null) throw new Error(`it has ended: ${JSON.stringify(await end())}`);
      return isStopped(child.pid);
    },
    COMING_MS,
  ).catch(async (thrown) => {
    await kill();
    throw thrown;
  });
  return {
    pid: child.pid,
    goOn() {
      child.kill("SIGCONT");
      return end();
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
}
