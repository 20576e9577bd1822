import { existsSync } from "node:fs";
import type { Command, Exec, Limits, Outcome } from "../core/command.ts";
import { reason, SoloflowError } from "../core/errors.ts";
import { cleanEnvironment } from "./clean-environment.ts";
import { LineSplitter } from "./line-splitter.ts";
import { OutputTail } from "./output-tail.ts";
import { groupIsAlive, signalGroup } from "./process-group.ts";

/** Enough for every `docker compose config`; more is log output, of which the end says what happened. */
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
/** From TERM to KILL. The docker CLI needs well under a second to cancel a build. */
const KILL_AFTER_MS = 2_000;
/** How long output may still arrive from a pipe that a grandchild keeps open after the child has ended. */
const LINGER_MS = 250;
/** setTimeout fires at once above this; such a deadline means: none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Child = Bun.Subprocess<"pipe" | "ignore" | "inherit", "pipe" | "inherit", "pipe" | "inherit">;
type KillReason = "timeout" | "cancel";

/**
 * Runs one process in a process group of its own and waits for its end. After the deadline or an abort the
 * group gets TERM and, 2 s later, KILL. Descendants that outlive a child which ended by itself are left alone
 * (that is how a daemon is started) and are not waited for.
 * With `stdio: "inherit"` the child shares the terminal's foreground group, so that it can read from it.
 * Throws SoloflowError "no-folder" when `cwd` is not there.
 */
export const exec: Exec = async (command, limits) => {
  if (limits.signal?.aborted) return { kind: "killed", by: "cancel", stdout: "", stderr: "" };
  const inherit = limits.stdio === "inherit";
  const foreground = inherit && process.stdin.isTTY === true;
  const started = spawn(command, inherit, !foreground);
  if ("kind" in started) return started;
  const { child } = started;
  const stopWatching = inherit ? forwardSignals(child, foreground) : () => {};
  const killer = watchLimits(child, limits, !foreground);
  const captured = inherit ? undefined : capture(child, limits);
  feed(child, command.stdin);
  try {
    await Promise.race([child.exited, killer.ended]);
    if (killer.killedBy() !== undefined) await killer.ended;
  } finally {
    killer.stop();
    stopWatching();
  }
  return outcome(child, killer.killedBy(), await captured?.());
};

function spawn(command: Command, inherit: boolean, detached: boolean): { child: Child } | Outcome {
  const [program] = command.argv;
  const output = inherit ? "inherit" : "pipe";
  const input = command.stdin !== undefined ? "pipe" : inherit ? "inherit" : "ignore";
  try {
    const child = Bun.spawn({
      cmd: [...command.argv],
      env: { ...cleanEnvironment(process.env), ...command.env },
      stdio: [input, output, output, ...(command.inheritFds ?? [])],
      detached,
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    });
    return { child: child as Child };
  } catch (thrown) {
    if (command.cwd !== undefined && !existsSync(command.cwd)) {
      throw new SoloflowError("no-folder", `cannot run ${program}: there is no folder ${command.cwd}`, {
        cause: thrown,
      });
    }
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return { kind: "missing", program };
    return { kind: "failed", code: 126, stdout: "", stderr: `cannot run ${program}: ${reason(thrown)}` };
  }
}

/** Writes the whole input and closes it. A child that does not read it ends as it likes: no error here. */
async function feed(child: Child, input: Command["stdin"]): Promise<void> {
  const pipe = child.stdin;
  if (input === undefined || pipe === undefined || typeof pipe === "number") return;
  try {
    await pipe.write(input);
    await pipe.flush();
    await pipe.end();
  } catch {
    await Promise.resolve(pipe.end()).catch(() => {});
  }
}

/** Reads both outputs from now on; the returned function waits for their ends, but not for a grandchild's. */
function capture(child: Child, limits: Limits): () => Promise<{ stdout: string; stderr: string }> {
  const read = (["stdout", "stderr"] as const).map((from) => {
    const stream = child[from];
    const tail = new OutputTail(limits.maxBytes ?? DEFAULT_MAX_BYTES);
    const lines = limits.onLine && new LineSplitter((line) => limits.onLine?.(line, from));
    if (!(stream instanceof ReadableStream)) return { tail, done: Promise.resolve(), cancel: () => {} };
    const reader = stream.getReader();
    return { tail, done: drain(reader, tail, lines), cancel: () => void reader.cancel().catch(() => {}) };
  });
  return async () => {
    await Promise.race([Promise.all(read.map((each) => each.done)), Bun.sleep(LINGER_MS)]);
    for (const each of read) each.cancel();
    await Promise.all(read.map((each) => each.done));
    const [stdout, stderr] = read;
    return { stdout: stdout?.tail.text() ?? "", stderr: stderr?.tail.text() ?? "" };
  };
}

async function drain(
  reader: { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> },
  tail: OutputTail,
  lines: LineSplitter | undefined,
): Promise<void> {
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    tail.push(value);
    lines?.push(value);
  }
  lines?.end();
}

/** Kills at the deadline or on abort, and never otherwise. `ended` resolves when the kill is through. */
function watchLimits(child: Child, limits: Limits, group: boolean) {
  let killedBy: KillReason | undefined;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const kill = (by: KillReason) => {
    if (killedBy !== undefined || child.exitCode !== null || child.signalCode !== null) return;
    killedBy = by;
    killGroup(child.pid, group).then(resolve);
  };
  const cancel = () => kill("cancel");
  const timer =
    limits.timeoutMs > LONGEST_TIMER_MS ? undefined : setTimeout(() => kill("timeout"), limits.timeoutMs);
  limits.signal?.addEventListener("abort", cancel, { once: true });
  return {
    killedBy: () => killedBy,
    ended,
    stop: () => {
      clearTimeout(timer);
      limits.signal?.removeEventListener("abort", cancel);
    },
  };
}

/** Gives up on what even KILL does not end (a process stuck in the kernel), rather than hang with it. */
async function killGroup(pid: number, group: boolean): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    signalGroup(pid, signal, group);
    const deadline = performance.now() + KILL_AFTER_MS;
    while (groupIsAlive(pid, group) && performance.now() < deadline) await Bun.sleep(20);
  }
}

/**
 * The terminal itself sends Ctrl-C to its foreground group, so there the agent only has to survive it;
 * without a terminal, and for TERM, the signal is passed on.
 */
function forwardSignals(child: Child, foreground: boolean): () => void {
  const interrupt = () => foreground || signalGroup(child.pid, "SIGINT", true);
  const terminate = () => signalGroup(child.pid, "SIGTERM", !foreground);
  process.on("SIGINT", interrupt).on("SIGTERM", terminate);
  return () => process.off("SIGINT", interrupt).off("SIGTERM", terminate);
}

function outcome(
  child: Child,
  killedBy: KillReason | undefined,
  output: { stdout: string; stderr: string } = { stdout: "", stderr: "" },
): Outcome {
  if (killedBy !== undefined) return { kind: "killed", by: killedBy, ...output };
  if (child.signalCode !== null) return { kind: "killed", by: "signal", ...output };
  const code = child.exitCode ?? 0;
  return code === 0 ? { kind: "ok", ...output } : { kind: "failed", code, ...output };
}
