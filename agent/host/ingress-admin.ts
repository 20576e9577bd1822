import { reason, SoloflowError } from "../core/errors.ts";

/** What the ingress says of itself over its admin socket. */
export type IngressAdmin = {
  /**
   * "address:port" of each upstream to the number of requests in flight there; an upstream without an entry has
   * none. Errors: SoloflowError "ingress" when the socket does not answer within 1 s or answers something else.
   */
  inFlight(socket: string): Promise<ReadonlyMap<string, number>>;
};

const DEADLINE_MS = 1_000;

export const caddyAdmin: IngressAdmin = {
  async inFlight(socket) {
    try {
      const response = await fetch("http://localhost/reverse_proxy/upstreams", {
        unix: socket,
        signal: AbortSignal.timeout(DEADLINE_MS),
        keepalive: false,
      });
      return requestCounts(await response.json());
    } catch (thrown) {
      throw new SoloflowError(
        "ingress",
        `the ingress does not tell its requests in flight: ${reason(thrown)}`,
        {
          cause: thrown,
        },
      );
    }
  },
};

function requestCounts(answer: unknown): Map<string, number> {
  if (!Array.isArray(answer)) throw new Error("not a list of upstreams");
  return new Map(
    answer.map((entry: unknown): [string, number] => {
      const { address, num_requests: requests } = entry as { address?: unknown; num_requests?: unknown };
      if (typeof address !== "string" || typeof requests !== "number") throw new Error("not an upstream");
      return [address, requests];
    }),
  );
}
