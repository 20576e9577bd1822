import { readFileSync } from "node:fs";
import type { ExecResult } from "../engine.ts";
import { OutputTail } from "../output-tail.ts";
import { signalGroup } from "../process-group.ts";
import type { EngineClient } from "./engine-client.ts";
import { FrameDecoder } from "./frames.ts";
import { hijack } from "./hijack.ts";
import type { Place } from "./place.ts";

const MAX_OUTPUT_BYTES = 256 * 1024;
/** As timeout(1) has it. */
const TIMED_OUT = 124;
/** What a shell says of a container that is not there or does not run, and of a command it cannot start. */
const CANNOT_RUN = 126;
/** The stream closes a little before the engine has seen the process end; beyond this it never will. */
const END_SEEN_MS = 2_000;
/** A shell that only kills; whoever waits for the answer of a probe waits for this as well. */
const KILL_MS = 2_000;

export type ExecOptions = { timeoutMs: number; stdin?: string; user?: string };

/**
 * See `Engine.exec`. 124 after the deadline: the command is then killed as far as it can be, since the engine itself
 * has no call for that and closing the connection leaves it running. 126 with Docker's words where it could not be
 * started.
 */
export async function execInContainer(
  client: EngineClient,
  id: string,
  argv: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const created = await create(client, id, argv, options);
  if (typeof created !== "string") return created;
  const { ended, output } = await start(client, created, options);
  if (ended !== "timeout") return { code: await exitCode(client, created), output };
  await kill(client, id, created, options);
  const stillRuns = async () => (await inspect(client, created))?.at("Running").boolean() === true;
  return { code: TIMED_OUT, output, stillRuns };
}

/** Until its streams are closed, or the deadline has passed. */
async function start(client: EngineClient, created: string, options: ExecOptions) {
  const tail = new OutputTail(MAX_OUTPUT_BYTES);
  const frames = new FrameDecoder((payload) => tail.push(payload));
  const ended = await hijack(client.socket(), {
    request: { method: "POST", path: `/exec/${created}/start`, body: { Detach: false, Tty: false } },
    stdin: options.stdin,
    timeoutMs: options.timeoutMs,
    // The tail keeps what it is given, and the socket may use its memory again.
    onChunk: (chunk) => frames.push(Uint8Array.from(chunk)),
  });
  return { ended, output: tail.text() };
}

async function create(
  client: EngineClient,
  id: string,
  argv: readonly string[],
  options: ExecOptions,
): Promise<string | ExecResult> {
  const path = `/containers/${encodeURIComponent(id)}/exec`;
  const body = {
    AttachStdin: options.stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Cmd: argv,
    ...(options.user === undefined ? {} : { User: options.user }),
  };
  const answer = await client.attempt({ method: "POST", path, body });
  if ("refusal" in answer) return { code: CANNOT_RUN, output: answer.refusal };
  return answer.place.at("Id").string();
}

async function exitCode(client: EngineClient, exec: string): Promise<number> {
  const deadline = performance.now() + END_SEEN_MS;
  for (;;) {
    const state = await inspect(client, exec);
    const code = state?.at("ExitCode").optional()?.number();
    if (code !== undefined && state?.at("Running").boolean() === false) return code;
    if (state === undefined || performance.now() > deadline) return CANNOT_RUN;
    await Bun.sleep(10);
  }
}

function inspect(client: EngineClient, exec: string): Promise<Place | undefined> {
  return client.json({ path: `/exec/${exec}/json` });
}

/**
 * Ends the command and its children; each exec leads a process group of its own. As root on the host itself; else, and
 * for a root that may not signal other users, by a shell in the container, as the same user. Neither is possible where
 * the engine runs in another machine.
 */
async function kill(client: EngineClient, id: string, exec: string, options: ExecOptions): Promise<void> {
  const state = await inspect(client, exec);
  const pid = state?.at("Pid").optional()?.number();
  const container = state?.at("ContainerID").string();
  if (pid === undefined || pid < 2 || container === undefined || !belongsTo(pid, container)) return;
  if (client.uid === 0 && signalGroup(pid, "SIGKILL", true) !== "refused") return;
  const inside = /^NSpid:.*\s(\d+)$/m.exec(readProc(pid, "status"))?.[1];
  if (inside === undefined) return;
  const argv = ["sh", "-c", `kill -KILL -${inside} || kill -KILL ${inside}`];
  const user = options.user === undefined ? {} : { user: options.user };
  const killer = { timeoutMs: KILL_MS, ...user };
  const created = await create(client, id, argv, killer);
  if (typeof created === "string") await start(client, created, killer);
}

/** The engine's numbers mean processes of the machine it runs on, which may not be this one. */
function belongsTo(pid: number, container: string): boolean {
  return readProc(pid, "cgroup").includes(container);
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
