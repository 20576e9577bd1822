import type { Sql } from "./sql.ts";

const RESULTS = ["deployed", "rolled-back", "degraded", "failed"] as const;

/**
 * How a release ended: deployed; failed before anything was touched; rolled back to what was; or degraded, which is
 * failed and not wholly put back.
 */
export type ReleaseResult = (typeof RESULTS)[number];

/** What a release runs of one service. */
export type ReleaseService = {
  /** Image id, "sha256:…". */
  image: string;
  /** Registry digest, where the image came from one. */
  digest: string | undefined;
  /** Hash under which `specs` has the service's resolved model. */
  spec: string;
  /** What was done to it, in the words of the plan. */
  action: string;
};

export type Release = {
  /** "r1", "r2", … */
  id: string;
  startedAt: number;
  /** Undefined while it runs, or when its agent was killed. */
  endedAt: number | undefined;
  result: ReleaseResult | undefined;
  cause: string;
  /** JSON of the whole applied model. */
  model: string | undefined;
  services: Readonly<Record<string, ReleaseService>>;
  secretsVersion: number | undefined;
};

type Content = {
  model?: string;
  services?: Readonly<Record<string, ReleaseService>>;
  secretsVersion?: number;
};

type Row = {
  number: number;
  started_at: number;
  ended_at: number | null;
  result: string | null;
  cause: string;
  model: string | null;
  services: string;
  secrets_version: number | null;
};

/** Releases, numbered from 1 in the order in which they were started; a number is never given twice. */
export class Releases {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Its id. */
  start(release: { at: number; cause: string } & Content): string {
    const text = `INSERT INTO release (started_at, cause, model, services, secrets_version)
                  VALUES ($at, $cause, $model, $services, $secretsVersion)`;
    return `r${this.#sql.run(text, { at: release.at, cause: release.cause, ...bind(release), services: JSON.stringify(release.services ?? {}) })}`;
  }

  /** What is left out of `content` stays as it was at the start. */
  finish(id: string, end: { at: number; result: ReleaseResult } & Content): void {
    const text = `UPDATE release SET ended_at = $at, result = $result, model = coalesce($model, model),
                    services = coalesce($services, services),
                    secrets_version = coalesce($secretsVersion, secrets_version)
                  WHERE number = $number`;
    this.#sql.run(text, { at: end.at, result: end.result, ...bind(end), number: numberOf(id) });
  }

  /** The last one that was deployed. */
  current(): Release | undefined {
    return this.#read(
      this.#sql.get("SELECT * FROM release WHERE result = 'deployed' ORDER BY number DESC LIMIT 1"),
    );
  }

  get(id: string): Release | undefined {
    return this.#read(
      this.#sql.get("SELECT * FROM release WHERE number = $number", { number: numberOf(id) }),
    );
  }

  /** Newest first. */
  list(limit: number): Release[] {
    const rows = this.#sql.all<Row>("SELECT * FROM release ORDER BY number DESC LIMIT $limit", { limit });
    return rows.flatMap((row) => this.#read(row) ?? []);
  }

  #read(row: Row | undefined): Release | undefined {
    if (row === undefined) return undefined;
    return {
      id: `r${row.number}`,
      startedAt: row.started_at,
      endedAt: row.ended_at ?? undefined,
      result: row.result === null ? undefined : this.#sql.word(row.result, RESULTS),
      cause: row.cause,
      model: row.model ?? undefined,
      services: this.#services(row.services),
      secretsVersion: row.secrets_version ?? undefined,
    };
  }

  #services(text: string): Record<string, ReleaseService> {
    const services = Object.entries(this.#sql.json(text) ?? {}) as [string, Partial<ReleaseService>][];
    return Object.fromEntries(
      services.map(([name, { image, digest, spec, action }]) => {
        if (typeof image !== "string" || typeof spec !== "string" || typeof action !== "string") {
          throw this.#sql.corrupt(`a release's service "${name}" is incomplete`);
        }
        return [name, { image, digest, spec, action }];
      }),
    );
  }
}

function bind(content: Content) {
  return {
    model: content.model ?? null,
    services: content.services === undefined ? null : JSON.stringify(content.services),
    secretsVersion: content.secretsVersion ?? null,
  };
}

/** -1, which no release has, for what is no id. */
function numberOf(id: string): number {
  return /^r[1-9]\d{0,14}$/.test(id) ? Number(id.slice(1)) : -1;
}
