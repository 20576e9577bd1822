export type Grant = {
  readonly granted: boolean /** Lines withheld since the last granted one. */;
  readonly withheld: number;
};

/**
 * Says which lines may be logged: at most `perSecond` in each second, so that
 * a flood of refused requests does not become a flood of log.
 */
export function createLineBudget(perSecond: number, now: () => number): () => Grant {
  let second = Number.NEGATIVE_INFINITY;
  let used = 0;
  let withheld = 0;
  return () => {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      second = current;
      used = 0;
    }
    if (used >= perSecond) {
      withheld += 1;
      return { granted: false, withheld };
    }
    used += 1;
    const grant = { granted: true, withheld };
    withheld = 0;
    return grant;
  };
}
