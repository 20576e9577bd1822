import type { Sql } from "./sql.ts";

/** Messages kept that have been delivered or dropped; their keys hold off repetitions. */
const KEPT = 2_000;

/** A message on its way. */
export type OutboxMessage = {
  id: number;
  /** What it is about, for this channel: "incident 7 losing slack". A second message of one key is not written. */
  key: string;
  /** Where it goes: "slack", "webhook", … */
  channel: string;
  /** JSON of the sender's own; never a secret. */
  body: unknown;
  at: number;
  dueAt: number;
  /** Failed so far. */
  tries: number;
  lastError: string | undefined;
  deliveredAt: number | undefined;
  /** Given up. */
  droppedAt: number | undefined;
};

type Row = Omit<OutboxMessage, "body" | "lastError" | "deliveredAt" | "droppedAt"> & {
  body: string;
  lastError: string | null;
  deliveredAt: number | null;
  droppedAt: number | null;
};

const COLUMNS = `id, key, channel, body, at, due_at AS dueAt, tries, last_error AS lastError,
  delivered_at AS deliveredAt, dropped_at AS droppedAt`;
const WAITING = "delivered_at IS NULL AND dropped_at IS NULL";

/** Alerts between their decision and their delivery; at least once, as a kill may fall after the sending. */
export class Outbox {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Its id, or undefined where a message of this key was written before. `dueAt`: default at once. */
  add(message: {
    key: string;
    channel: string;
    body: unknown;
    at: number;
    dueAt?: number;
  }): number | undefined {
    const { key, channel, at, dueAt = at } = message;
    return this.#sql.transaction(() => {
      if (this.#sql.get("SELECT 1 FROM alert WHERE key = $key", { key }) !== undefined) return undefined;
      const old = `DELETE FROM alert WHERE NOT (${WAITING}) AND id NOT IN
                     (SELECT id FROM alert ORDER BY id DESC LIMIT $kept)`;
      this.#sql.run(old, { kept: KEPT });
      const text = `INSERT INTO alert (key, channel, body, at, due_at)
                    VALUES ($key, $channel, $body, $at, $dueAt)`;
      return this.#sql.run(text, { key, channel, at, dueAt, body: JSON.stringify(message.body ?? null) });
    });
  }

  /** Those to be sent now, the longest due first. */
  due(at: number, limit = 20): OutboxMessage[] {
    const text = `SELECT ${COLUMNS} FROM alert WHERE ${WAITING} AND due_at <= $at
                  ORDER BY due_at, id LIMIT $limit`;
    return this.#read(text, { at, limit });
  }

  delivered(id: number, at: number): void {
    this.#sql.run("UPDATE alert SET delivered_at = $at WHERE id = $id", { id, at });
  }

  /** To be tried again at `nextAt`. */
  failed(id: number, nextAt: number, why: string): void {
    const text = "UPDATE alert SET tries = tries + 1, due_at = $nextAt, last_error = $why WHERE id = $id";
    this.#sql.run(text, { id, nextAt, why });
  }

  /** Given up: it is not tried again. */
  dropped(id: number, at: number, why: string): void {
    const text = "UPDATE alert SET tries = tries + 1, dropped_at = $at, last_error = $why WHERE id = $id";
    this.#sql.run(text, { id, at, why });
  }

  /** Newest first. */
  list(limit: number): OutboxMessage[] {
    return this.#read(`SELECT ${COLUMNS} FROM alert ORDER BY id DESC LIMIT $limit`, { limit });
  }

  #read(text: string, bindings: Record<string, number>): OutboxMessage[] {
    return this.#sql.all<Row>(text, bindings).map((row) => ({
      ...row,
      body: this.#sql.json(row.body) ?? undefined,
      lastError: row.lastError ?? undefined,
      deliveredAt: row.deliveredAt ?? undefined,
      droppedAt: row.droppedAt ?? undefined,
    }));
  }
}
