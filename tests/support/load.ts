/** What a load saw. A request that was not answered with 200 is a failure; nothing is tried again. */
export type LoadResult = {
  sent: number;
  failures: string[];
  /** Longest time without a good answer, milliseconds. */
  longestGapMs: number;
};

export type Load = {
  /** Stops sending, waits for what is under way, and says what was seen. */
  stop(): Promise<LoadResult>;
};

type Options = {
  perSecond: number;
  headers?: Record<string, string>;
  /** Taken in turn; GET and POST by default. */
  methods?: readonly ("GET" | "POST")[];
  maxMs?: number;
};

/**
 * Sends requests at a fixed rate whatever the answers do, every third one taking 80 ms where the app obeys
 * `x-work-ms`. Ends by itself after `maxMs` (default 10 min).
 */
export function startLoad(
  url: string,
  { perSecond, headers = {}, methods = ["GET", "POST"], maxMs = 600_000 }: Options,
): Load {
  const result: LoadResult = { sent: 0, failures: [], longestGapMs: 0 };
  const pending = new Set<Promise<void>>();
  const startedAt = performance.now();
  let lastGoodAt = startedAt;
  let running = true;

  const good = () => {
    const now = performance.now();
    result.longestGapMs = Math.max(result.longestGapMs, now - lastGoodAt);
    lastGoodAt = now;
  };
  const send = (number: number): void => {
    const post = methods[number % methods.length] === "POST";
    const work: Record<string, string> = number % 3 === 0 ? { "x-work-ms": "80" } : {};
    const request = fetch(url, {
      method: post ? "POST" : "GET",
      ...(post ? { body: "x".repeat(100) } : {}),
      headers: { ...headers, ...work },
      signal: AbortSignal.timeout(30_000),
    }).then(
      async (response) => {
        const body = await response.text();
        if (response.status === 200) good();
        else result.failures.push(`status ${response.status}: ${body.slice(0, 100)}`);
      },
      (error: Error) => void result.failures.push(`${error.name}: ${error.message}`),
    );
    pending.add(request);
    void request.finally(() => pending.delete(request));
  };
  const loop = (async () => {
    while (running && performance.now() - startedAt < maxMs) {
      const due = ((performance.now() - startedAt) * perSecond) / 1_000;
      for (; result.sent < due; result.sent += 1) send(result.sent);
      await Bun.sleep(2);
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      await Promise.all(pending);
      return result;
    },
  };
}
