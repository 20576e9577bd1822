import type { Sql } from "./sql.ts";

const STATES = ["running", "done", "failed", "cancelled", "abandoned"] as const;
const STEP_STATES = ["started", "done", "failed", "undone"] as const;

/** abandoned: its agent was killed, and a later operation has found and ended it. */
export type OperationState = (typeof STATES)[number];
export type StepState = (typeof STEP_STATES)[number];

export type Operation = {
  id: number;
  /** The command: "deploy", "down", … */
  kind: string;
  pid: number;
  startedAt: number;
  endedAt: number | undefined;
  state: OperationState;
  /** JSON value of the operation's own; never a secret. */
  detail: unknown;
};

export type JournalStep = { seq: number; step: string; state: StepState; at: number };

type Row = {
  id: number;
  kind: string;
  pid: number;
  started_at: number;
  ended_at: number | null;
  state: string;
  detail: string | null;
};

/** The journal: what was begun, and how far it came. Each call is on the disk when it returns. */
export class Operations {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Its id. */
  start(operation: { kind: string; pid: number; at: number; detail?: unknown }): number {
    const { kind, pid, at, detail } = operation;
    const text = `INSERT INTO operation (kind, pid, started_at, state, detail)
                  VALUES ($kind, $pid, $at, 'running', $detail)`;
    return this.#sql.run(text, {
      kind,
      pid,
      at,
      detail: detail === undefined ? null : JSON.stringify(detail),
    });
  }

  step(operation: number, step: { step: string; state: StepState; at: number }): void {
    const text = `INSERT INTO step (operation, seq, step, state, at)
                  SELECT $operation, coalesce(max(seq), 0) + 1, $step, $state, $at
                  FROM step WHERE operation = $operation`;
    this.#sql.run(text, { operation, ...step });
  }

  /** Without `detail` the one from the start stays. */
  finish(
    operation: number,
    end: { at: number; state: Exclude<OperationState, "running">; detail?: unknown },
  ): void {
    const text = `UPDATE operation SET ended_at = $at, state = $state, detail = coalesce($detail, detail)
                  WHERE id = $operation`;
    const detail = end.detail === undefined ? null : JSON.stringify(end.detail);
    this.#sql.run(text, { operation, at: end.at, state: end.state, detail });
  }

  /** Oldest first. Whether one still runs or was killed, only the lock says. */
  unfinished(): Operation[] {
    return this.#read("SELECT * FROM operation WHERE ended_at IS NULL ORDER BY id");
  }

  /** Newest first. */
  list(limit: number): Operation[] {
    return this.#read("SELECT * FROM operation ORDER BY id DESC LIMIT $limit", { limit });
  }

  /** In the order in which they were written. */
  steps(operation: number): JournalStep[] {
    const text = "SELECT seq, step, state, at FROM step WHERE operation = $operation ORDER BY seq";
    const rows = this.#sql.all<{ seq: number; step: string; state: string; at: number }>(text, { operation });
    return rows.map((row) => ({ ...row, state: this.#sql.word(row.state, STEP_STATES) }));
  }

  #read(text: string, bindings: Record<string, number> = {}): Operation[] {
    return this.#sql.all<Row>(text, bindings).map((row) => ({
      id: row.id,
      kind: row.kind,
      pid: row.pid,
      startedAt: row.started_at,
      endedAt: row.ended_at ?? undefined,
      state: this.#sql.word(row.state, STATES),
      detail: this.#sql.json(row.detail),
    }));
  }
}
