import { reason, SoloflowError } from "../core/errors.ts";

/** What the ingress says of itself over its admin socket. */
export type IngressAdmin = {
  /**
   * "address:port" of each upstream to the number of requests in flight there; an upstream without an entry has
   * none. Errors: SoloflowError "ingress" when the socket does not answer within 1 s or answers something else.
   */
  inFlight(socket: string): Promise<ReadonlyMap<string, number>>;
  /**
   * Name of each listener to the number of requests that it has answered with 2xx or 3xx since the ingress started
   * (see `listenerName`); one that has answered nothing yet has no entry. Errors: as for `inFlight`.
   */
  goodAnswers(socket: string): Promise<ReadonlyMap<string, number>>;
};

const DEADLINE_MS = 1_000;

export const caddyAdmin: IngressAdmin = {
  inFlight: (socket) =>
    asked("its requests in flight", async () =>
      requestCounts(await (await get(socket, "/reverse_proxy/upstreams")).json()),
    ),

  goodAnswers: (socket) =>
    asked("what it has answered", async () => answerCounts(await (await get(socket, "/metrics")).text())),
};

function get(unix: string, path: string): Promise<Response> {
  return fetch(`http://localhost${path}`, {
    unix,
    signal: AbortSignal.timeout(DEADLINE_MS),
    keepalive: false,
  });
}

async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw new SoloflowError("ingress", `the ingress does not tell ${what}: ${reason(thrown)}`, {
      cause: thrown,
    });
  }
}

/**
 * A request is counted once a handler that it passes; the outermost of a site is its subroute. By the time to the
 * first byte: a request whose client went away unanswered has none, but is counted as 200 everywhere else.
 */
const ANSWERED = /^caddy_http_response_duration_seconds_count\{([^}]*)\} (\d+)$/gm;

function answerCounts(metrics: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, labels = "", count] of metrics.matchAll(ANSWERED)) {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    if (label("handler") !== "subroute" || !/^[23]/.test(label("code"))) continue;
    counts.set(label("server"), (counts.get(label("server")) ?? 0) + Number(count));
  }
  return counts;
}

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
