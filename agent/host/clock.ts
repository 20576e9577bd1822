import { readFileSync } from "node:fs";

/** Time as an argument: use cases get it from the host, the pure floors get it as a number. */
export type Clock = {
  /** Milliseconds since the epoch; may jump. For what is written down. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For what is measured. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Which boot of the machine this is, and the milliseconds since it began: the same for every process, whatever the
   * machine's clock is set to. undefined where the kernel does not tell.
   */
  boot(): { id: string; ms: number } | undefined;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      }
      signal?.addEventListener("abort", done, { once: true });
    }),
  boot() {
    try {
      const [seconds] = readFileSync("/proc/uptime", "latin1").split(" ");
      const id = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
      return { id, ms: Math.round(Number(seconds) * 1_000) };
    } catch {
      return undefined;
    }
  },
};
