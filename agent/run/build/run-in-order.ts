/** One piece of work; `after` names those that must be done before it. */
export type Task<T> = { name: string; after: readonly string[]; run: () => Promise<T> };

/**
 * Runs tasks side by side, at most `slots` at once, each after those it names (names of no task count as done).
 * After a failure nothing new is begun, and what runs is let end: its result is not lost. Throws what failed; several
 * failures as an AggregateError.
 */
export async function runInOrder<T>(tasks: readonly Task<T>[], slots: number): Promise<T[]> {
  const results = new Map<string, T>();
  const failures: unknown[] = [];
  const waiting = [...tasks];
  const running = new Set<Promise<void>>();
  const names = new Set(tasks.map((task) => task.name));
  const isReady = (task: Task<T>) => task.after.every((name) => !names.has(name) || results.has(name));
  const perform = async (task: Task<T>): Promise<void> => {
    try {
      results.set(task.name, await task.run());
    } catch (thrown) {
      failures.push(thrown);
    }
  };
  for (;;) {
    const next = failures.length > 0 || running.size >= slots ? -1 : waiting.findIndex(isReady);
    const [task] = next < 0 ? [] : waiting.splice(next, 1);
    if (task !== undefined) {
      const job: Promise<void> = perform(task).finally(() => running.delete(job));
      running.add(job);
    } else if (running.size > 0) await Promise.race(running);
    else break;
  }
  if (failures.length > 1) throw new AggregateError(failures);
  if (failures.length === 1) throw failures[0];
  return tasks.map((task) => results.get(task.name) as T);
}
