import type { ProbeResult } from "../core/probe-result.ts";
import { getText } from "./get-text.ts";
import { failed, httpProbe, timedOut } from "./http-probe.ts";
import { dial } from "./probe/dial.ts";

export type Prober = {
  /**
   * Good is any 2xx or 3xx; redirects are not followed. `detail` is the status and the body's first 300 characters.
   * With `lateMs` above `timeoutMs` the connection stays open so long (from the start) after a timeout; see `late`.
   */
  http(url: string, timeoutMs: number, lateMs?: number): Promise<ProbeResult>;
  /** See `getText`. */
  text(url: string, timeoutMs: number): Promise<string | undefined>;
  /** Good when the connection is accepted. */
  tcp(address: string, port: number, timeoutMs: number): Promise<ProbeResult>;
};

export const systemProber: Prober = {
  http: httpProbe,
  text: getText,

  tcp(address, port, timeoutMs) {
    const { promise, resolve } = Promise.withResolvers<ProbeResult>();
    const end = (result: ProbeResult) => {
      clearTimeout(timer);
      connection.close();
      resolve(result);
    };
    const timer = setTimeout(() => end(timedOut(`no connection within ${timeoutMs} ms`)), timeoutMs);
    const connection = dial(address, port, {
      opened: () => end({ good: true, answered: true, kind: "answer", detail: "connected" }),
      data: () => {},
      ended: (failure) => end(failed(failure)),
    });
    return promise;
  },
};
