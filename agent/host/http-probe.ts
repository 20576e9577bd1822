import { type IncomingMessage, request } from "node:http";
import { reason } from "../core/errors.ts";
import type { ProbeResult } from "./prober.ts";

const BODY_LIMIT = 300;

/**
 * See `Prober.http`. Not by fetch, which obeys HTTP_PROXY: a proxy of the machine knows nothing of containers. Each
 * probe has a connection of its own: a pooled one would outlive the container that it led to.
 */
export function httpProbe(url: string, timeoutMs: number): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const silent = (detail: string) => resolve({ good: false, answered: false, detail });
  const probe = request(url, { agent: false }, (answer) => read(answer, resolve));
  const timer = setTimeout(() => silent(`no answer within ${timeoutMs} ms`), timeoutMs);
  probe.on("error", (thrown) => silent(reason(thrown)));
  probe.end();
  return promise.finally(() => {
    clearTimeout(timer);
    probe.destroy();
  });
}

/** The status and the beginning of the body; what follows is not waited for. */
function read(answer: IncomingMessage, resolve: (result: ProbeResult) => void): void {
  const status = answer.statusCode ?? 0;
  const decoder = new TextDecoder();
  let body = "";
  const end = () => {
    const detail = body === "" ? `status ${status}` : `status ${status}: ${body.slice(0, BODY_LIMIT)}`;
    resolve({ good: status >= 200 && status < 400, answered: true, detail, status });
  };
  answer.on("data", (chunk: Buffer) => {
    body += decoder.decode(chunk, { stream: true });
    if (body.length >= BODY_LIMIT) end();
  });
  answer.on("end", end).on("error", end);
}
