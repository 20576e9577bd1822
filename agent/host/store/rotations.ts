import type { Sql } from "./sql.ts";

const MARKS = ["before", "after"] as const;

/** One rotation of secrets. What it holds is the rotation's own; never a value. */
export type RotationRow = {
  id: number;
  state: string;
  startedAt: number;
  endedAt: number | undefined;
  record: unknown;
};

/** A point that was come to ("before"), or whose work is done ("after"). */
export type PointMark = { point: string; mark: (typeof MARKS)[number]; at: number };

type Row = { id: number; state: string; startedAt: number; endedAt: number | null; record: string };

const COLUMNS = "id, state, started_at AS startedAt, ended_at AS endedAt, record";

/** The journal of rotations: each call is on the disk when it returns. */
export class Rotations {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Its id. */
  start(rotation: { at: number; state: string; record: object }): number {
    const text = `INSERT INTO rotation (state, started_at, record) VALUES ($state, $at, $record)`;
    const { at, state, record } = rotation;
    return this.#sql.run(text, { at, state, record: JSON.stringify(record) });
  }

  /** How far it is now. */
  put(id: number, now: { state: string; record: object; endedAt: number | undefined }): void {
    const text = `UPDATE rotation SET state = $state, record = $record, ended_at = $endedAt WHERE id = $id`;
    const { state, record, endedAt } = now;
    this.#sql.run(text, { id, state, record: JSON.stringify(record), endedAt: endedAt ?? null });
  }

  mark(id: number, { point, mark, at }: PointMark): void {
    const text = `INSERT INTO rotation_point (rotation, seq, point, mark, at)
                  SELECT $id, coalesce(max(seq), 0) + 1, $point, $mark, $at
                  FROM rotation_point WHERE rotation = $id`;
    this.#sql.run(text, { id, point, mark, at });
  }

  /** Those that have not ended, oldest first. */
  open(): RotationRow[] {
    return this.#read(`SELECT ${COLUMNS} FROM rotation WHERE ended_at IS NULL ORDER BY id`);
  }

  /** Newest first. */
  list(limit: number): RotationRow[] {
    return this.#read(`SELECT ${COLUMNS} FROM rotation ORDER BY id DESC LIMIT $limit`, { limit });
  }

  /** In the order in which they were written. */
  marks(id: number): PointMark[] {
    const text = "SELECT point, mark, at FROM rotation_point WHERE rotation = $id ORDER BY seq";
    const rows = this.#sql.all<{ point: string; mark: string; at: number }>(text, { id });
    return rows.map((row) => ({ ...row, mark: this.#sql.word(row.mark, MARKS) }));
  }

  #read(text: string, bindings: Record<string, number> = {}): RotationRow[] {
    return this.#sql.all<Row>(text, bindings).map((row) => ({
      ...row,
      endedAt: row.endedAt ?? undefined,
      record: this.#sql.json(row.record),
    }));
  }
}
