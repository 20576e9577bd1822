/**
 * Calls of the result while `work` runs become one more run of it, however many they are. The promise resolves after
 * a run that began after the call; once the signal is aborted none begins any more.
 */
export function coalesced(work: () => Promise<void>, signal: AbortSignal): () => Promise<void> {
  let asked = false;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (asked && !signal.aborted) {
      asked = false;
      await work();
    }
  };
  return () => {
    asked = true;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}
