import { createPatience, type Patience } from "./patience.ts";
import { watchedBody } from "./watched-body.ts";

export type ForwardLimits = {
  /** The longest time without progress until the response's headers are there, in ms. */
  readonly timeoutMs: number;
  /** The longest silence in the response's body, in ms. */
  readonly idleTimeoutMs: number;
  readonly maxBodyBytes: number;
};

/** `gone`: the caller left, and nobody will read what is answered. */
export type ForwardFailure = "unreachable" | "timeout" | "too large" | "gone";

/** One request on its way to a service: its body, its timers, and what ended it early. */
export type Exchange = {
  readonly body: ReadableStream<Uint8Array> | null;
  /** Of everything that belongs to the exchange. */
  readonly signal: AbortSignal;
  readonly untilHeaders: Patience;
  readonly inBody: Patience;
  /** Lets go of the service and of both timers. */
  readonly end: () => void;
  /** Set when a limit or the caller ended it. */
  readonly failure: () => ForwardFailure | undefined;
};

export function openExchange(request: Request, limits: ForwardLimits): Exchange {
  const abort = new AbortController();
  let failure: ForwardFailure | undefined;
  let sent = 0;
  const fail = (why: ForwardFailure): void => {
    failure ??= why;
    end();
  };
  const untilHeaders = createPatience(limits.timeoutMs, () => fail("timeout"));
  const inBody = createPatience(limits.idleTimeoutMs, () => fail("timeout"));
  function end(): void {
    untilHeaders.stop();
    inBody.stop();
    abort.abort();
  }
  function onBytes(count: number): void {
    sent += count;
    if (sent > limits.maxBodyBytes) fail("too large");
    else untilHeaders.wait();
  }
  request.signal.addEventListener("abort", () => fail("gone"), { once: true });
  const body = request.body && watchedBody(request.body, { onBytes });
  return { body, signal: abort.signal, untilHeaders, inBody, end, failure: () => failure };
}
