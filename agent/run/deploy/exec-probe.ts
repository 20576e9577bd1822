import type { ProbeResult } from "../../core/probe-result.ts";
import type { Engine, ExecResult } from "../../host/engine.ts";

/** By container: whether the check that overran its time, and could not be killed, runs there still. */
const leftRunning = new WeakMap<Pick<Engine, "exec">, Map<string, NonNullable<ExecResult["stillRuns"]>>>();

/**
 * Asks by a command in the container. One that hangs and cannot be killed (the watchdog's sandbox may not signal the
 * users of containers, and not every image has a shell) is waited for: else each look would leave one more of them
 * there, until the container can start no process at all.
 */
export async function execProbe(
  engine: Pick<Engine, "exec">,
  container: string,
  argv: readonly string[],
  timeoutMs: number,
): Promise<ProbeResult> {
  const left = leftOf(engine);
  if ((await left.get(container)?.()) === true)
    return { good: false, answered: false, kind: "timeout", detail: "the check before still runs" };
  left.delete(container);
  const { code, output, stillRuns } = await engine.exec(container, argv, { timeoutMs });
  if (stillRuns !== undefined) left.set(container, stillRuns);
  const detail = `exit code ${code}${output === "" ? "" : `: ${output.slice(0, 300)}`}`;
  return { good: code === 0, answered: stillRuns === undefined, detail };
}

function leftOf(engine: Pick<Engine, "exec">) {
  const known = leftRunning.get(engine);
  if (known !== undefined) return known;
  const none = new Map<string, NonNullable<ExecResult["stillRuns"]>>();
  leftRunning.set(engine, none);
  return none;
}
