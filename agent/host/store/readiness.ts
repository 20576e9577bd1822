import { percentile } from "../../core/percentile.ts";
import type { Sql } from "./sql.ts";

/** Samples kept of each service: enough for a year of weekly deploys and restarts. */
const KEPT = 500;

/** From a container's start to its first good readiness answer. */
export type ReadinessSample = {
  service: string;
  /** Image id or digest. */
  image: string;
  at: number;
  ms: number;
  /** Why it was started: "deploy", "restart", "boot", … */
  cause: string;
};

export type ReadinessSummary = { count: number; p50Ms: number; p95Ms: number; lastMs: number };

export class Readiness {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  record(sample: ReadinessSample): void {
    this.#sql.transaction(() => {
      const text = `INSERT INTO readiness (service, image, at, ms, cause)
                    VALUES ($service, $image, $at, $ms, $cause)`;
      this.#sql.run(text, { ...sample, ms: Math.round(sample.ms) });
      const old = `DELETE FROM readiness WHERE service = $service AND id NOT IN
                     (SELECT id FROM readiness WHERE service = $service ORDER BY id DESC LIMIT $kept)`;
      this.#sql.run(old, { service: sample.service, kept: KEPT });
    });
  }

  /** Newest first. */
  samples(service: string, limit: number = KEPT): ReadinessSample[] {
    const text = `SELECT service, image, at, ms, cause FROM readiness
                  WHERE service = $service ORDER BY id DESC LIMIT $limit`;
    return this.#sql.all<ReadinessSample>(text, { service, limit });
  }

  /** Undefined without a sample. */
  summary(service: string): ReadinessSummary | undefined {
    return readinessSummary(this.samples(service));
  }

  /** Names of the services that have a sample, sorted. */
  services(): string[] {
    const text = "SELECT DISTINCT service FROM readiness ORDER BY service";
    return this.#sql.all<{ service: string }>(text).map((row) => row.service);
  }
}

/** Of samples newest first; undefined without one. */
export function readinessSummary(samples: readonly ReadinessSample[]): ReadinessSummary | undefined {
  const [last] = samples;
  if (last === undefined) return undefined;
  const sorted = samples.map((sample) => sample.ms).sort((a, b) => a - b);
  return {
    count: samples.length,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    lastMs: last.ms,
  };
}
