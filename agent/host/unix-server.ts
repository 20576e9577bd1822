import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { reason, SoloflowError } from "../core/errors.ts";

/** What is told under one path: a text as it is, anything else as JSON. */
export type Telling = () => unknown | Promise<unknown>;

/** How long a socket file's owner may need to show that it is alive. */
const ALIVE_MS = 1_000;
/** Longer paths do not fit into an address of a unix socket (unix(7)). */
const MAX_PATH_BYTES = 107;

/**
 * Answers GET requests on a unix socket (`mode`: 0660 where its group may ask) by path, until it is disposed of. A socket file that nobody listens on
 * any more is replaced. Errors: SoloflowError "socket" where somebody listens there, the path is no socket, too long,
 * or cannot be made.
 */
export async function serveUnix(
  path: string,
  tells: Readonly<Record<string, Telling>>,
  mode: 0o660 | 0o600 = 0o660,
): Promise<Disposable> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    await clear(path);
    const server = listen(path, tells);
    chmodSync(path, mode);
    return {
      [Symbol.dispose]() {
        void server.stop(true);
        rmSync(path, { force: true });
      },
    };
  } catch (thrown) {
    if (thrown instanceof SoloflowError) throw thrown;
    throw refused(path, reason(thrown), thrown);
  }
}

function listen(path: string, tells: Readonly<Record<string, Telling>>) {
  // Between its making and chmod nobody but its owner may connect.
  const before = process.umask(0o177);
  try {
    // In development Bun answers a fault with the source around it.
    return Bun.serve({ unix: path, development: false, fetch: (request) => answer(request, tells) });
  } finally {
    process.umask(before);
  }
}

async function answer(request: Request, tells: Readonly<Record<string, Telling>>): Promise<Response> {
  // A request of HTTP 1.0 names no host, and then its address is a path alone.
  const { pathname } = new URL(request.url, "http://localhost");
  const tell = Object.hasOwn(tells, pathname) ? tells[pathname] : undefined;
  if (tell === undefined) return new Response("there is no such path\n", { status: 404 });
  if (request.method !== "GET") return new Response("only GET\n", { status: 405 });
  try {
    const told = await tell();
    return typeof told === "string" ? new Response(told) : Response.json(told);
  } catch (thrown) {
    return new Response(`${reason(thrown)}\n`, { status: 500 });
  }
}

async function clear(path: string): Promise<void> {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) throw refused(path, "its path is too long for a socket");
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) throw refused(path, "it is no socket");
  if (await isListening(path)) throw refused(path, "another process listens there");
  rmSync(path);
}

/** Anything but a refusal means that somebody is there, be it with a full queue. */
async function isListening(path: string): Promise<boolean> {
  const { connect } = await import("node:net");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path });
  socket.setTimeout(ALIVE_MS, () => resolve(true));
  socket.on("connect", () => resolve(true));
  socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED"));
  return promise.finally(() => socket.destroy());
}

function refused(path: string, why: string, cause?: unknown): SoloflowError {
  return new SoloflowError("socket", `cannot listen on ${path}: ${why}`, {
    hint: "`soloflow-agent status` shows whether a watchdog runs already; another file there can be moved away",
    cause,
  });
}
