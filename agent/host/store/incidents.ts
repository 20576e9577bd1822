import type { Sql } from "./sql.ts";

/** Incidents kept; each may carry some 50 kB of evidence. */
const KEPT = 500;
const LEVELS = ["healed", "needs-you", "losing"] as const;

/** How loud it was at its loudest. */
export type IncidentLevel = (typeof LEVELS)[number];

/** What was seen at the time, so that a person sees why; never a secret. */
export type Evidence = {
  /** The last lines of the container. */
  logs?: string;
  /** Words of the last look that failed. */
  probe?: string;
  /** Words of Docker's own health check. */
  health?: string;
  exitCode?: number;
  oomKilled?: boolean;
  /** How hard the machine was pressed; JSON. */
  pressure?: unknown;
};

export type Incident = {
  id: number;
  service: string;
  openedAt: number;
  closedAt: number | undefined;
  level: IncidentLevel;
  /** In the words of the watchdog, now as at its opening or last update. */
  cause: string;
  /** What was done: "in-place", "other-colour", … */
  remedy: string | undefined;
  /** From the first sign to the decision. */
  detectedMs: number | undefined;
  /** How long customers were without it. */
  lostMs: number | undefined;
  /** Nothing was done, only what would have been done is told. */
  report: boolean;
  evidence: Evidence;
  /** Messages sent about it. */
  alerts: number;
};

type Opening = Pick<Incident, "service" | "level" | "cause"> & {
  /** Where the caller numbers them; one that is there already stays as it is. */
  id?: number;
  at: number;
  report?: boolean;
  evidence?: Evidence;
};

/** What is left out stays; `evidence` replaces only the members that it has. */
type Change = Partial<
  Pick<Incident, "level" | "cause" | "remedy" | "detectedMs" | "lostMs" | "alerts" | "evidence">
>;

type Row = Omit<Incident, "report" | "level" | "evidence"> & {
  level: string;
  report: number;
  evidence: string;
};

const COLUMNS = `id, service, opened_at AS openedAt, closed_at AS closedAt, level, cause, remedy,
  detected_ms AS detectedMs, lost_ms AS lostMs, report, evidence, alerts`;

/** One record an episode. */
export class Incidents {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Its id. */
  open(incident: Opening): number {
    return this.#sql.transaction(() => {
      const text = `INSERT INTO incident (id, service, opened_at, level, cause, report, evidence)
                    VALUES ($id, $service, $at, $level, $cause, $report, $evidence) ON CONFLICT (id) DO NOTHING`;
      const { service, at, level, cause } = incident;
      const id = this.#sql.run(text, {
        ...{ id: incident.id ?? null, service, at, level, cause, report: incident.report ? 1 : 0 },
        evidence: JSON.stringify(incident.evidence ?? {}),
      });
      const old = `DELETE FROM incident WHERE closed_at IS NOT NULL AND id NOT IN
                     (SELECT id FROM incident ORDER BY id DESC LIMIT $kept)`;
      this.#sql.run(old, { kept: KEPT });
      return incident.id ?? id;
    });
  }

  /** One that does not exist is nothing to do. */
  update(id: number, change: Change): void {
    this.#sql.transaction(() => {
      const now = this.get(id);
      if (now === undefined) return;
      const text = `UPDATE incident SET level = $level, cause = $cause, remedy = $remedy, lost_ms = $lostMs,
                      detected_ms = $detectedMs, evidence = $evidence, alerts = $alerts WHERE id = $id`;
      const { level, cause, remedy, detectedMs, lostMs, alerts } = { ...now, ...change };
      this.#sql.run(text, {
        ...{ id, level, cause, alerts, remedy: remedy ?? null },
        ...{ detectedMs: whole(detectedMs), lostMs: whole(lostMs) },
        evidence: JSON.stringify({ ...now.evidence, ...change.evidence }),
      });
    });
  }

  /** One that is closed keeps its first end. */
  close(id: number, end: { at: number } & Change): void {
    const { at, ...change } = end;
    this.#sql.transaction(() => {
      this.update(id, change);
      const text = "UPDATE incident SET closed_at = coalesce(closed_at, $at) WHERE id = $id";
      this.#sql.run(text, { id, at });
    });
  }

  get(id: number): Incident | undefined {
    const row = this.#sql.get<Row>(`SELECT ${COLUMNS} FROM incident WHERE id = $id`, { id });
    return row && this.#read(row);
  }

  /** Newest first; `open`: only those without an end. */
  list(limit: number, which: { open?: boolean; service?: string } = {}): Incident[] {
    const text = `SELECT ${COLUMNS} FROM incident
                  WHERE ($open = 0 OR closed_at IS NULL) AND ($service IS NULL OR service = $service)
                  ORDER BY id DESC LIMIT $limit`;
    const bindings = { limit, open: which.open ? 1 : 0, service: which.service ?? null };
    return this.#sql.all<Row>(text, bindings).map((row) => this.#read(row));
  }

  #read(row: Row): Incident {
    return {
      ...row,
      ...{ closedAt: row.closedAt ?? undefined, remedy: row.remedy ?? undefined },
      ...{ detectedMs: row.detectedMs ?? undefined, lostMs: row.lostMs ?? undefined },
      level: this.#sql.word(row.level, LEVELS),
      report: row.report === 1,
      evidence: this.#sql.record(row.evidence),
    };
  }
}

function whole(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
