import type { Server, ServerResponse } from "node:http";

export type DrainTimes = {
  /** Milliseconds without a request after which nothing more is expected. */
  readonly quietMs: number;
  /** Milliseconds after which the rest is cut off. */
  readonly limitMs: number;
};

/**
 * Counts what is in flight on `server`, and closes it without losing a request:
 * `drain` keeps listening and answering, tells each client to come back on a
 * new connection, and resolves when nothing was in flight for `quietMs`, or
 * after `limitMs`. The listener stays open until then, since whoever routes
 * requests here may learn a moment later that this process is to end.
 */
export function watchTraffic(
  server: Server,
  times: DrainTimes,
): { drain: () => Promise<"idle" | "cut off"> } {
  let inFlight = 0;
  let draining = false;
  let changed: () => void = () => {};

  server.on("request", (_request, response: ServerResponse) => {
    inFlight += 1;
    response.shouldKeepAlive &&= !draining;
    changed();
    response.once("close", () => {
      inFlight -= 1;
      changed();
    });
  });

  const drain = () =>
    new Promise<"idle" | "cut off">((resolve) => {
      draining = true;
      let quiet: NodeJS.Timeout | undefined;
      const finish = (how: "idle" | "cut off") => {
        clearTimeout(quiet);
        clearTimeout(limit);
        changed = () => {};
        server.close(() => resolve(how));
        if (how === "idle") server.closeIdleConnections();
        else server.closeAllConnections();
      };
      const limit = setTimeout(finish, times.limitMs, "cut off");
      changed = () => {
        clearTimeout(quiet);
        if (inFlight === 0) quiet = setTimeout(finish, times.quietMs, "idle");
      };
      changed();
    });
  return { drain };
}
