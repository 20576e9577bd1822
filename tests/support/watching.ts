import { join } from "node:path";
import type { WatchDocument, WatchedService } from "../../agent/run/watch/telling.ts";
import type { TestProject } from "./test-project.ts";
import { waitFor } from "./wait-for.ts";

/** The compiled watchdog at work on a project; ended with the scope, if it has not been before. */
export type Watching = AsyncDisposable & {
  readonly pid: number;
  /** Everything it has said so far. */
  readonly said: () => string;
  /** What it tells on its socket now; undefined where nobody answers. */
  state(): Promise<WatchDocument | undefined>;
  /** Waits until a service is in one of the phases. */
  phase(service: string, ...phases: readonly string[]): Promise<WatchedService>;
  metrics(): Promise<string>;
  /** A signal, and its end; SIGTERM unless said otherwise. Gives the exit code. */
  end(signal?: NodeJS.Signals): Promise<number>;
};

const PHASE_MS = 60_000;

/** Starts `soloflow-agent watch` and waits until it tells its state. */
export async function startWatching(
  project: Pick<TestProject, "start" | "env" | "name">,
  ...args: string[]
): Promise<Watching> {
  const child = await project.start("watch", ...args);
  let said = "";
  const reading = (async () => {
    for await (const part of child.stderr) said += Buffer.from(part).toString();
  })();
  const ask = async (path: string): Promise<Response | undefined> => {
    const unix = join(project.env.SOLOFLOW_RUN_DIR ?? "", project.name, "watch.sock");
    try {
      return await fetch(`http://localhost${path}`, { unix, signal: AbortSignal.timeout(2_000) });
    } catch {
      return undefined;
    }
  };
  const state = async () => (await ask("/state"))?.json() as Promise<WatchDocument> | undefined;
  const end = async (signal: NodeJS.Signals = "SIGTERM"): Promise<number> => {
    child.kill(signal);
    const code = await child.exited;
    await reading;
    return code;
  };
  try {
    await waitFor("the watchdog watches", async () => {
      if (child.exitCode !== null) throw new Error(`the watchdog ended with ${child.exitCode}`);
      return said.includes("watching") && (await state()) !== undefined;
    });
  } catch (thrown) {
    await end("SIGKILL");
    throw new Error(`${thrown}; it said: ${said}`);
  }
  return {
    ...{ pid: child.pid, said: () => said, end },
    state: async () => state(),
    phase: async (service, ...phases) => {
      let last: WatchedService | undefined;
      const isThere = async () => {
        last = (await state())?.services[service];
        return last !== undefined && phases.includes(last.phase) ? last : undefined;
      };
      return waitFor(`${service} is ${phases.join(" or ")}`, isThere, PHASE_MS).catch((thrown) => {
        throw new Error(`${thrown.message}; it is ${last?.phase} (${last?.cause})\n${said}`);
      });
    },
    metrics: async () => (await ask("/metrics"))?.text() ?? "",
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) await end();
    },
  };
}
