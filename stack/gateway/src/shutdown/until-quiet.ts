export type Traffic = {
  /** Requests whose answers are not wholly sent. */
  readonly pending: () => number;
  /** Requests that ever came. */
  readonly total: () => number;
};

export type QuietOptions = {
  /** Without a request for this long it is quiet, in ms. */
  readonly quietMs: number;
  /** And after this long it ends anyhow, in ms. */
  readonly limitMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/** Fine enough to find a quiet moment, coarse enough to cost nothing; in ms. */
const LOOK_EVERY_MS = 10;

/** Resolves "quiet" when nothing was under way for a while, "late" when that did not come in time. */
export async function untilQuiet(traffic: Traffic, options: QuietOptions): Promise<"quiet" | "late"> {
  const { quietMs, limitMs, now, sleep } = options;
  const began = now();
  let busyAt = began;
  let seen = traffic.total();
  while (now() - began < limitMs) {
    if (traffic.pending() > 0 || traffic.total() !== seen) busyAt = now();
    seen = traffic.total();
    if (now() - busyAt >= quietMs) return "quiet";
    await sleep(LOOK_EVERY_MS);
  }
  return "late";
}
