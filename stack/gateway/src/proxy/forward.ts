import { describeError } from "../core/log.ts";
import { clientHeaders } from "./client-headers.ts";
import { type Exchange, type ForwardFailure, type ForwardLimits, openExchange } from "./exchange.ts";
import { watchedBody } from "./watched-body.ts";

export type Forwarded =
  | { readonly kind: "answered"; readonly response: Response }
  | { readonly kind: "failed"; readonly failure: ForwardFailure; readonly cause: string };

/**
 * A declared length up to this is read whole before it is passed on: that keeps
 * Content-Length, which a stream cannot, and turns a broken answer into a 502.
 */
const WHOLE_UP_TO_BYTES = 65_536;

/** Safe to send again, so they may use a connection which the service might just be closing. */
const REPEATABLE: readonly string[] = ["GET", "HEAD"];

/** Bun's own options: the bytes as they are, and no time limit but ours. */
const RAW = { decompress: false, timeout: false } as RequestInit;

/**
 * Sends `request` on to `target` with `headers`. Both bodies are streams, read
 * only as fast as the other side takes them. The caller's leaving ends the
 * service's work. Never rejects.
 */
export async function forward(
  request: Request,
  target: URL,
  headers: Headers,
  limits: ForwardLimits,
): Promise<Forwarded> {
  const declared = Number(headers.get("content-length") ?? 0);
  if (declared > limits.maxBodyBytes)
    return { kind: "failed", failure: "too large", cause: "its declared length" };
  const exchange = openExchange(request, limits);
  try {
    exchange.untilHeaders.wait();
    const answer = await fetch(target, {
      method: request.method,
      headers,
      body: exchange.body,
      signal: exchange.signal,
      redirect: "manual",
      keepalive: REPEATABLE.includes(request.method),
      ...RAW,
    });
    exchange.untilHeaders.stop();
    return { kind: "answered", response: await passOn(request, answer, exchange) };
  } catch (error) {
    const failure = exchange.failure() ?? "unreachable";
    exchange.end();
    return { kind: "failed", failure, cause: describeError(error) };
  }
}

async function passOn(request: Request, answer: Response, exchange: Exchange): Promise<Response> {
  const headers = clientHeaders(answer.headers);
  const init = { status: answer.status, statusText: answer.statusText, headers };
  if (answer.body === null || request.method === "HEAD") return new Response(null, init);
  const length = answer.headers.get("content-length");
  if (length !== null && Number(length) <= WHOLE_UP_TO_BYTES) {
    exchange.inBody.wait();
    const whole = await answer.arrayBuffer();
    exchange.inBody.stop();
    return new Response(whole, init);
  }
  headers.delete("content-length");
  const { wait, rest } = exchange.inBody;
  return new Response(watchedBody(answer.body, { onWait: wait, onBytes: rest, onEnd: exchange.end }), init);
}
