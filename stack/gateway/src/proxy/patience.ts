/** A timer for progress: fires when `ms` pass in one stretch of waiting. */
export type Patience = {
  /** Begins a stretch, or begins it anew. */
  wait(): void;
  /** Ends the stretch: nothing is being waited for just now. */
  rest(): void;
  /** Ends it for good: no later `wait` does anything. */
  stop(): void;
};

export function createPatience(ms: number, onLate: () => void): Patience {
  let timer: Timer | undefined;
  let stopped = false;
  return {
    wait() {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(onLate, ms);
    },
    rest() {
      clearTimeout(timer);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
