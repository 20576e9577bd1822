import type { Sql } from "./sql.ts";

/** Builds kept of each image. */
const KEPT = 200;

export type BuildRecord = {
  /** Repository without a tag. */
  image: string;
  at: number;
  ms: number;
  /** Nothing had to be built: the inputs were those of an image that is there. */
  cached: boolean;
  sizeBytes: number;
  /** Hash of everything that went in. */
  inputs: string;
};

export class Builds {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  record(build: BuildRecord): void {
    this.#sql.transaction(() => {
      const text = `INSERT INTO build (image, at, ms, cached, size_bytes, inputs)
                    VALUES ($image, $at, $ms, $cached, $sizeBytes, $inputs)`;
      this.#sql.run(text, { ...build, ms: Math.round(build.ms), cached: build.cached ? 1 : 0 });
      const old = `DELETE FROM build WHERE image = $image AND id NOT IN
                     (SELECT id FROM build WHERE image = $image ORDER BY id DESC LIMIT $kept)`;
      this.#sql.run(old, { image: build.image, kept: KEPT });
    });
  }

  /** Newest first. */
  history(image: string, limit: number = KEPT): BuildRecord[] {
    const text = `SELECT image, at, ms, cached, size_bytes AS sizeBytes, inputs FROM build
                  WHERE image = $image ORDER BY id DESC LIMIT $limit`;
    const rows = this.#sql.all<Omit<BuildRecord, "cached"> & { cached: number }>(text, { image, limit });
    return rows.map((row) => ({ ...row, cached: row.cached === 1 }));
  }
}
