import { connect } from "node:net";
import { reason } from "../core/errors.ts";

/** One look at an app from this machine. `answered` is false when nobody was there to answer. */
export type ProbeResult = { good: boolean; answered: boolean; detail: string };

export type Prober = {
  /** Good is any 2xx or 3xx; redirects are not followed. `detail` is the status and the body's first 300 characters. */
  http(url: string, timeoutMs: number): Promise<ProbeResult>;
  /** Good when the connection is accepted. */
  tcp(address: string, port: number, timeoutMs: number): Promise<ProbeResult>;
};

const BODY_LIMIT = 300;

export const systemProber: Prober = {
  async http(url, timeoutMs) {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      // A connection of its own each time: a pooled one would outlive the container that it led to.
      const response = await fetch(url, { redirect: "manual", signal, keepalive: false });
      const body = (await response.text()).slice(0, BODY_LIMIT);
      const good = response.status >= 200 && response.status < 400;
      return { good, answered: true, detail: `status ${response.status}${body === "" ? "" : `: ${body}`}` };
    } catch (thrown) {
      const timedOut = thrown instanceof Error && thrown.name === "TimeoutError";
      return {
        good: false,
        answered: false,
        detail: timedOut ? `no answer within ${timeoutMs} ms` : reason(thrown),
      };
    }
  },

  tcp: (address, port, timeoutMs) =>
    new Promise((resolve) => {
      const socket = connect({ host: address, port });
      const end = (good: boolean, detail: string) => {
        socket.destroy();
        resolve({ good, answered: good, detail });
      };
      socket.setTimeout(timeoutMs, () => end(false, `no connection within ${timeoutMs} ms`));
      socket.once("connect", () => end(true, "connected"));
      socket.once("error", (error) => end(false, reason(error)));
    }),
};
