import { EXIT, reason, SoloflowError } from "../../core/errors.ts";
import { Place } from "./place.ts";

/** Every engine from 25 on speaks version 1.44 (25 is the first with `start_interval`). */
export const API_PREFIX = "/v1.44";
const DEADLINE_MS = 5_000;

export type Request = {
  method?: "GET" | "POST" | "DELETE";
  /** Begins with "/"; already encoded. */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  timeoutMs?: number;
  /** Without /v1.44 in front, for what an older engine must answer as well. */
  anyVersion?: boolean;
};

export type Answer = { status: number; headers: Headers; bytes: Uint8Array };

/** Calls to one engine over its socket, which is looked up at each call, so that making a client never fails. */
export class EngineClient {
  readonly socket: () => string;
  /** The user who calls; root may signal the processes of containers. */
  readonly uid: number;

  constructor(socket: () => string, uid: number) {
    this.socket = socket;
    this.uid = uid;
  }

  /**
   * The answer, of whatever status. Errors: SoloflowError "no-docker" (exit code 6) without a connection, "engine"
   * for no answer in time.
   */
  async send(request: Request): Promise<Answer> {
    const timeoutMs = request.timeoutMs ?? DEADLINE_MS;
    const socket = this.socket();
    try {
      const response = await fetch(address(request), {
        unix: socket,
        method: request.method ?? "GET",
        signal: AbortSignal.timeout(timeoutMs),
        ...(request.body === undefined
          ? {}
          : { body: JSON.stringify(request.body), headers: { "Content-Type": "application/json" } }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, bytes };
    } catch (thrown) {
      throw thrown instanceof Error && thrown.name === "TimeoutError"
        ? noAnswer(request, timeoutMs)
        : noDocker(socket, thrown);
    }
  }

  /** The answer's JSON; undefined for 404. Throws SoloflowError "engine" with Docker's own words for other errors. */
  async json(request: Request): Promise<Place | undefined> {
    const answer = await this.send(request);
    return answer.status === 404 ? undefined : this.parse(request, answer);
  }

  /** Like `json`, but what cannot be done (no such container, not running) comes back in Docker's words. */
  async attempt(request: Request): Promise<{ place: Place } | { refusal: string }> {
    const answer = await this.send(request);
    if (answer.status === 404 || answer.status === 409) return { refusal: messageIn(answer.bytes) };
    return { place: this.parse(request, answer) };
  }

  /** For calls without a content. `accept`: statuses above 399 that are as good as done. */
  async call(request: Request, accept: readonly number[] = []): Promise<number> {
    const answer = await this.send(request);
    if (!accept.includes(answer.status)) this.check(request, answer);
    return answer.status;
  }

  /** Throws SoloflowError "engine" with Docker's own words where the answer is an error. */
  check(request: Request, answer: Answer): void {
    if (answer.status >= 400) throw refused(request, answer.status, answer.bytes);
  }

  /** The content of an answer that is no error; without any, a place without a value. */
  parse(request: Request, answer: Answer): Place {
    this.check(request, answer);
    const text = new TextDecoder().decode(answer.bytes);
    try {
      return new Place(text === "" ? undefined : JSON.parse(text), name(request));
    } catch (thrown) {
      const message = `docker's answer to ${name(request)} is no JSON: ${text.slice(0, 80)}`;
      throw new SoloflowError("engine", message, { cause: thrown });
    }
  }
}

function address(request: Request): string {
  const version = request.anyVersion ? "" : API_PREFIX;
  const query = request.query === undefined ? "" : `?${new URLSearchParams({ ...request.query })}`;
  return `http://docker${version}${request.path}${query}`;
}

/** An answer that is an error, in Docker's words. */
export function refused(request: Request, status: number, bytes: Uint8Array): SoloflowError {
  const message = messageIn(bytes);
  if (message.includes("is too new")) {
    return new SoloflowError("engine-too-old", `this docker engine is too old: ${message}`, {
      hint: "the agent needs Docker Engine 25 or later; `soloflow-agent setup` says how to get it",
      exitCode: EXIT.noDocker,
    });
  }
  return new SoloflowError("engine", `docker refused ${name(request)}: ${message} (status ${status})`);
}

function messageIn(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message.trim();
  } catch {
    // Not the engine's own form: what it is says it best.
  }
  return text.trim().slice(0, 300);
}

export function noAnswer(request: Request, timeoutMs: number): SoloflowError {
  return new SoloflowError("engine", `docker did not answer ${name(request)} within ${timeoutMs / 1_000} s`, {
    hint: "`docker ps` should answer at once; look at `journalctl -u docker` if it does not",
  });
}

export function noDocker(socket: string, thrown: unknown): SoloflowError {
  const code = (thrown as NodeJS.ErrnoException).code;
  const denied = code === "EACCES" || code === "EPERM";
  return new SoloflowError(
    "no-docker",
    `docker cannot be reached at ${socket}: ${inWords(code) ?? reason(thrown)}`,
    {
      hint: denied
        ? "run the command as root, or add your user to the group docker"
        : "`soloflow-agent setup` installs and starts it",
      exitCode: EXIT.noDocker,
      cause: thrown,
    },
  );
}

function inWords(code: string | undefined): string | undefined {
  if (code === "ENOENT") return "there is no such socket";
  if (code === "ECONNREFUSED") return "nobody listens there";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "ECONNRESET" || code === "ConnectionClosed") return "it closed the connection";
  return undefined;
}

function name(request: Request): string {
  return `${request.method ?? "GET"} ${request.path}`;
}
