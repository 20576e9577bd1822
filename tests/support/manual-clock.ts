import type { Clock } from "../../agent/host/clock.ts";

/**
 * A clock that a test moves. By default a sleep moves it itself and returns at once, so that loops that wait run
 * through; with `still` a sleep ends when `advance` has passed it.
 */
export type ManualClock = Clock & { advance(ms: number): void };

export function manualClock(startMs: number, still = false): ManualClock {
  let passed = 0;
  let sleepers: { until: number; wake: () => void }[] = [];
  const advance = (ms: number) => {
    passed += ms;
    const due = sleepers.filter((sleeper) => sleeper.until <= passed);
    sleepers = sleepers.filter((sleeper) => sleeper.until > passed);
    for (const sleeper of due) sleeper.wake();
  };
  return {
    now: () => startMs + passed,
    monotonic: () => passed,
    boot: () => ({ id: "of the test", ms: passed }),
    async sleep(ms, signal) {
      // A turn of the real event loop, so that a loop that waits cannot starve what it waits for.
      if (!still) await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal?.aborted) return;
      if (!still) return advance(ms);
      const { promise, resolve } = Promise.withResolvers<void>();
      sleepers.push({ until: passed + ms, wake: resolve });
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
    },
    advance,
  };
}
