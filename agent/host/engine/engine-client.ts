import { SoloflowError } from "../../core/errors.ts";
import { messageIn, nameOf, noAnswer, noDocker, type Request, refused } from "./engine-error.ts";
import { Place } from "./place.ts";

/** Every engine from 25 on speaks version 1.44 (25 is the first with `start_interval`). */
export const API_PREFIX = "/v1.44";
const DEADLINE_MS = 5_000;

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
        // A pooled connection would not survive a restart of the engine.
        keepalive: false,
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

  /**
   * The content of an answer without an end, as it comes, after the engine has agreed within the deadline. Ends with
   * the signal, also before it has begun. Errors: those of `send` and `check`, also while it is read.
   */
  async stream(request: Request, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const timeoutMs = request.timeoutMs ?? DEADLINE_MS;
    const socket = this.socket();
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(noAnswer(request, timeoutMs)), timeoutMs);
    try {
      const either = AbortSignal.any([signal, giveUp.signal]);
      // Without `timeout: false` a connection that is silent for six minutes is cut.
      const init = { unix: socket, keepalive: false, signal: either, timeout: false };
      const response = await fetch(address(request), init);
      if (response.status < 400) return chunksOf(response, socket, signal);
      throw refused(request, response.status, new Uint8Array(await response.arrayBuffer()));
    } catch (thrown) {
      if (signal.aborted) return chunksOf(new Response(), socket, signal);
      if (thrown instanceof SoloflowError) throw thrown;
      throw noDocker(socket, thrown);
    } finally {
      clearTimeout(timer);
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
      return new Place(text === "" ? undefined : JSON.parse(text), nameOf(request));
    } catch (thrown) {
      const message = `docker's answer to ${nameOf(request)} is no JSON: ${text.slice(0, 80)}`;
      throw new SoloflowError("engine", message, { cause: thrown });
    }
  }
}

async function* chunksOf(response: Response, socket: string, signal: AbortSignal) {
  try {
    yield* response.body ?? [];
  } catch (thrown) {
    if (!signal.aborted) throw noDocker(socket, thrown);
  }
}

function address(request: Request): string {
  const version = request.anyVersion ? "" : API_PREFIX;
  const query = request.query === undefined ? "" : `?${new URLSearchParams({ ...request.query })}`;
  return `http://docker${version}${request.path}${query}`;
}
