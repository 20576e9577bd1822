import { connect } from "node:net";
import { reason } from "../core/errors.ts";
import { httpProbe } from "./http-probe.ts";

/** One look at an app from this machine. `answered` is false when nobody was there to answer. */
export type ProbeResult = {
  good: boolean;
  answered: boolean;
  detail: string;
  /** Of an answer by HTTP. */
  status?: number;
};

export type Prober = {
  /** Good is any 2xx or 3xx; redirects are not followed. `detail` is the status and the body's first 300 characters. */
  http(url: string, timeoutMs: number): Promise<ProbeResult>;
  /** Good when the connection is accepted. */
  tcp(address: string, port: number, timeoutMs: number): Promise<ProbeResult>;
};

export const systemProber: Prober = {
  http: httpProbe,

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
