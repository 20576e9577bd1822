/** A promise that was given up on; what it would have become is ignored. */
export class DeadlineMissed extends Error {
  constructor(afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.name = "DeadlineMissed";
  }
}

/** Settles as `work` does, or rejects with DeadlineMissed after `ms`. The work itself goes on unseen. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineMissed(ms)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
