import { reason } from "../core/errors.ts";
import type { ProbeResult } from "../core/probe-result.ts";
import { dial } from "./probe/dial.ts";
import { HttpAnswer } from "./probe/http-answer.ts";

/**
 * See `Prober.http`. Not by fetch, which obeys HTTP_PROXY: a proxy of the machine knows nothing of containers. Each
 * probe has a connection of its own: a pooled one would outlive the container that it led to. By hand, because it is
 * done each second for months, and this costs a quarter of what node:http does.
 */
export function httpProbe(url: string, timeoutMs: number, lateMs = 0): Promise<ProbeResult> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const late = Promise.withResolvers<number | undefined>();
  const answer = new HttpAnswer();
  const began = performance.now();
  let timer = setTimeout(giveUp, timeoutMs);
  const connection = dial(bare(hostname), Number(port || 80), {
    opened: ({ send }) => send(requestOf(`${pathname}${search}`, host)),
    data(bytes) {
      late.resolve(performance.now() - began);
      answer.push(bytes);
      if (answer.isComplete || !answer.isHttp) finish(resultOf(answer));
    },
    ended: (failure) => finish(resultOf(answer, failure)),
  });
  return promise;

  function finish(result: ProbeResult): void {
    clearTimeout(timer);
    connection.close();
    late.resolve(undefined);
    resolve(result);
  }

  function giveUp(): void {
    const silent = timedOut(`no answer within ${timeoutMs} ms`);
    if (answer.status !== undefined) finish(resultOf(answer));
    else if (lateMs <= timeoutMs) finish(silent);
    else {
      resolve({ ...silent, late: late.promise });
      timer = setTimeout(finish, lateMs - timeoutMs, silent).unref();
      connection.unref();
    }
  }
}

export function timedOut(detail: string): ProbeResult {
  return { good: false, answered: false, kind: "timeout", detail };
}

/** Nobody there, or nobody any more. */
export function failed(failure: unknown): ProbeResult {
  const isRefused = (failure as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED";
  const detail = failure === undefined ? "the connection was closed without an answer" : reason(failure);
  return isRefused
    ? { good: false, answered: false, kind: "refused", detail: "connection refused" }
    : { good: false, answered: false, kind: "error", detail };
}

function resultOf(answer: HttpAnswer, failure?: unknown): ProbeResult {
  const { status } = answer;
  if (status === undefined) return answer.isHttp ? failed(failure) : failed(new Error("it speaks no HTTP"));
  const good = status >= 200 && status < 400;
  return { good, answered: true, kind: "answer", detail: answer.detail, status };
}

/** A request for one answer, with a path that may have a query. */
export function requestOf(path: string, host: string): string {
  const headers = ["User-Agent: soloflow-agent", "Accept: */*", "Connection: close"];
  return [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers, "", ""].join("\r\n");
}

/** An address of IPv6 stands in brackets in a URL. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
