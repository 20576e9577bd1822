/** What starting takes is over by then, milliseconds. */
const FIRST_MS = 5_000;
const EVERY_MS = 10 * 60_000;

/**
 * Gives memory back that a long-lived process no longer needs, shortly after its start and every ten minutes: Bun
 * collects only when the heap has grown. Costs 10 ms of CPU each time and saved 4 of 53 MB (2026-11-22).
 */
export function spareMemory(signal: AbortSignal): void {
  const spare = () => {
    Bun.gc(true);
    Bun.shrink();
  };
  const first = setTimeout(spare, FIRST_MS);
  const next = setInterval(spare, EVERY_MS);
  signal.addEventListener("abort", () => {
    clearTimeout(first);
    clearInterval(next);
  });
}
