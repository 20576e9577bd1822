import { DeadlineMissed, withDeadline } from "../core/deadline.ts";
import { awayReason } from "./away-reason.ts";
import { DatabaseAway } from "./database-away.ts";

/** What a database needs of a driver's pool of connections. */
export type Pool = { close(): Promise<void> };

export type Database<P extends Pool> = {
  /** Runs one query; rejects with DatabaseAway, and only with that, at the latest after the deadline. */
  run<T>(query: (pool: P) => Promise<T>): Promise<T>;
};

export type DatabaseOptions<P extends Pool> = {
  /** Gives a new pool, at once: a pool connects when it is used. */
  readonly connect: () => P;
  /** Of each query, in ms. */
  readonly deadlineMs: number;
  /** Called with the failure that began a bad time, and with nothing at its end. */
  readonly onChange: (away: DatabaseAway | undefined) => void;
};

/**
 * A database that may freeze, restart or refuse at any time, behind a pool
 * that is thrown away when it does not answer in time: its connections may
 * lead to a machine that is no more, and nothing would ever tell.
 *
 * After a failure one query goes ahead and the others wait for what becomes of
 * it, so that a database that comes back is not met by a stampede, and one
 * that does not is not asked a thousand times. No query waits for more than
 * two deadlines, and while the database is frozen for one at most.
 */
export function openDatabase<P extends Pool>(options: DatabaseOptions<P>): Database<P> {
  const { connect, deadlineMs, onChange } = options;
  let pool = connect();
  let suspect = false;
  let trial: Promise<unknown> | undefined;

  function discard(late: P): void {
    if (late !== pool) return;
    pool = connect();
    late.close().catch(() => undefined);
  }

  async function attempt<T>(query: (pool: P) => Promise<T>): Promise<T> {
    const used = pool;
    try {
      const result = await withDeadline(query(used), deadlineMs);
      if (suspect) onChange(undefined);
      suspect = false;
      return result;
    } catch (cause) {
      const away = new DatabaseAway(awayReason(cause), cause);
      if (!suspect) onChange(away);
      suspect = true;
      if (cause instanceof DeadlineMissed) discard(used);
      throw away;
    }
  }

  async function run<T>(query: (pool: P) => Promise<T>): Promise<T> {
    if (!suspect) return attempt(query);
    if (trial !== undefined) {
      await trial;
      return attempt(query);
    }
    const mine = attempt(query).finally(() => {
      trial = undefined;
    });
    trial = mine;
    return mine;
  }

  return { run };
}
