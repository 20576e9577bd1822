import { readFileSync } from "node:fs";
import { docker } from "../support/sandbox.ts";
import { waitFor } from "../support/wait-for.ts";

/** A container's main process, seen from this machine. */
export type ContainerProcess = {
  readonly pid: number;
  /** SIGSTOP: it lives, holds its sockets and answers nobody. Resolves when the kernel has stopped it. */
  freeze(): Promise<void>;
  /** SIGCONT; nothing where it has gone meanwhile. */
  thaw(): void;
  /** SIGKILL from outside the container: for Docker a crash, no wish of a person. */
  kill(): void;
};

export async function containerProcess(container: string): Promise<ContainerProcess> {
  const pid = Number(await docker("inspect", "-f", "{{.State.Pid}}", container));
  if (!(pid > 1)) throw new Error(`${container} does not run`);
  return {
    pid,
    async freeze() {
      process.kill(pid, "SIGSTOP");
      await waitFor(`process ${pid} is stopped`, () => stateOf(pid) === "T", 1_000);
    },
    thaw() {
      try {
        process.kill(pid, "SIGCONT");
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
      }
    },
    kill: () => void process.kill(pid, "SIGKILL"),
  };
}

/** The state letter of proc(5); it follows the name, which is in brackets and may hold anything. */
function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
}
