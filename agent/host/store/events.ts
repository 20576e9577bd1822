import type { Sql } from "./sql.ts";

/** Two months of a stack that has a bad day each week. */
const KEPT = 10_000;

/** A service changed its phase. */
export type StoredEvent = {
  id: number;
  at: number;
  service: string;
  /** undefined at its first sight. */
  from: string | undefined;
  to: string;
  cause: string;
};

export class Events {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Its id; the oldest beyond 10,000 go. */
  add(event: { at: number; service: string; from?: string | undefined; to: string; cause: string }): number {
    return this.#sql.transaction(() => {
      const text = `INSERT INTO event (at, service, from_phase, to_phase, cause)
                    VALUES ($at, $service, $from, $to, $cause)`;
      const id = this.#sql.run(text, { ...event, from: event.from ?? null });
      this.#sql.run("DELETE FROM event WHERE id <= $last", { last: id - KEPT });
      return id;
    });
  }

  /** The newest `limit` of those asked for, oldest first. `since` in milliseconds; `after`: only later ids. */
  list(which: { since?: number; after?: number; service?: string; limit: number }): StoredEvent[] {
    const text = `SELECT id, at, service, from_phase AS "from", to_phase AS "to", cause FROM event
                  WHERE at >= $since AND id > $after AND ($service IS NULL OR service = $service)
                  ORDER BY id DESC LIMIT $limit`;
    const { since = 0, after = 0, service = null, limit } = which;
    const rows = this.#sql.all<Omit<StoredEvent, "from"> & { from: string | null }>(text, {
      ...{ since, after, service, limit },
    });
    return rows.reverse().map((row) => ({ ...row, from: row.from ?? undefined }));
  }
}
