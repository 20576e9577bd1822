import type { Sql } from "./sql.ts";

/** Intents kept that have ended. */
const KEPT = 1_000;

/** What is about to be done; it is on the disk before anything is done. */
export type Intent = {
  /** Unique for all time in this project. */
  id: number;
  service: string;
  cause: string;
  at: number;
  /** JSON of the watchdog's own. */
  detail: unknown;
  /** undefined: it is being done, or the agent was killed over it. */
  endedAt: number | undefined;
  outcome: unknown;
};

type NewIntent = Pick<Intent, "id" | "service" | "cause" | "detail">;

type Row = {
  id: number;
  service: string;
  cause: string;
  at: number;
  detail: string;
  endedAt: number | null;
  outcome: string | null;
};

const COLUMNS = "id, service, cause, at, detail, ended_at AS endedAt, outcome";

/** What the watchdog must not forget when it is killed. */
export class WatchRecord {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The state that was written last, as it was given; undefined before the first. */
  read(): unknown {
    return this.#sql.json(this.#row()?.state ?? null);
  }

  /** The time of the last write, of which the steady clock is not to fall short. */
  lastAt(): number | undefined {
    return this.#row()?.at;
  }

  /**
   * The state and what was decided with it, together or not at all. An intent whose id is there already is an error:
   * nothing is decided twice.
   */
  write(state: unknown, decided: { at: number; intents?: readonly NewIntent[] }): void {
    this.#sql.transaction(() => {
      const text = `INSERT INTO watch (only, state, at) VALUES (1, $state, $at)
                    ON CONFLICT (only) DO UPDATE SET state = excluded.state, at = excluded.at`;
      this.#sql.run(text, { state: JSON.stringify(state), at: decided.at });
      for (const intent of decided.intents ?? []) this.#intend(intent, decided.at);
    });
  }

  /** The first end of an intent counts. */
  ended(id: number, end: { at: number; outcome: unknown }): void {
    const text = "UPDATE intent SET ended_at = $at, outcome = $outcome WHERE id = $id AND ended_at IS NULL";
    this.#sql.run(text, { id, at: end.at, outcome: JSON.stringify(end.outcome ?? null) });
  }

  /** Oldest first. */
  unfinished(): Intent[] {
    return this.#intents(`SELECT ${COLUMNS} FROM intent WHERE ended_at IS NULL ORDER BY id`);
  }

  /** Newest first. */
  intents(limit: number): Intent[] {
    return this.#intents(`SELECT ${COLUMNS} FROM intent ORDER BY id DESC LIMIT $limit`, { limit });
  }

  #intend(intent: NewIntent, at: number): void {
    const { id, service, cause } = intent;
    const text = `INSERT INTO intent (id, service, cause, at, detail)
                  VALUES ($id, $service, $cause, $at, $detail)`;
    this.#sql.run(text, { id, service, cause, at, detail: JSON.stringify(intent.detail ?? null) });
    const old = `DELETE FROM intent WHERE ended_at IS NOT NULL AND id NOT IN
                   (SELECT id FROM intent ORDER BY id DESC LIMIT $kept)`;
    this.#sql.run(old, { kept: KEPT });
  }

  #row() {
    return this.#sql.get<{ state: string; at: number }>("SELECT state, at FROM watch");
  }

  #intents(text: string, bindings: Record<string, number> = {}): Intent[] {
    return this.#sql.all<Row>(text, bindings).map((row) => ({
      ...row,
      detail: this.#sql.json(row.detail) ?? undefined,
      endedAt: row.endedAt ?? undefined,
      outcome: this.#sql.json(row.outcome) ?? undefined,
    }));
  }
}
