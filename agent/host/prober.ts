import { failed, httpProbe, timedOut } from "./http-probe.ts";
import { dial } from "./probe/dial.ts";

/** One look at an app from this machine. `answered` is false when nobody was there to answer. */
export type ProbeResult = {
  good: boolean;
  answered: boolean;
  detail: string;
  /**
   * Which way it went: an answer of whatever status, no answer in time, nobody listens (or there is no way
   * there, which the runtime tells as the same), or a connection that broke.
   */
  kind?: "answer" | "timeout" | "refused" | "error";
  /** Of an answer by HTTP. */
  status?: number;
  /**
   * After a timeout, where the probe was to wait on: milliseconds from the probe's start to the first byte of the
   * answer that came late, or undefined when none came.
   */
  late?: Promise<number | undefined>;
};

export type Prober = {
  /**
   * Good is any 2xx or 3xx; redirects are not followed. `detail` is the status and the body's first 300 characters.
   * With `lateMs` above `timeoutMs` the connection stays open so long (from the start) after a timeout; see `late`.
   */
  http(url: string, timeoutMs: number, lateMs?: number): Promise<ProbeResult>;
  /** Good when the connection is accepted. */
  tcp(address: string, port: number, timeoutMs: number): Promise<ProbeResult>;
};

export const systemProber: Prober = {
  http: httpProbe,

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
