/** Between two tries. A try that the frozen app caught is not waited for before the next. */
const EVERY_MS = 50;

export type Asked = { url: string; headers?: Readonly<Record<string, string>>; withinMs: number };

/**
 * Milliseconds until the first 200 to a request that was sent from now on, asking every 50 ms, each over a connection
 * of its own, as new customers do; undefined when there was none within the limit.
 */
export async function firstAnswer({ url, headers = {}, withinMs }: Asked): Promise<number | undefined> {
  const startedAt = performance.now();
  const passed = () => performance.now() - startedAt;
  const over = new AbortController();
  const answered = Promise.withResolvers<number>();
  const ask = async (): Promise<void> => {
    const answer = await fetch(url, { headers, keepalive: false, signal: over.signal });
    await answer.arrayBuffer();
    if (answer.status === 200) answered.resolve(passed());
  };
  const asking = (async () => {
    const pending: Promise<void>[] = [];
    while (!over.signal.aborted && passed() < withinMs) {
      // A try that fails is a try that fails.
      pending.push(ask().catch(() => {}));
      await Bun.sleep(EVERY_MS);
    }
    over.abort();
    await Promise.all(pending);
    return undefined;
  })();
  const first = await Promise.race([answered.promise, asking]);
  over.abort();
  await asking;
  return first;
}
