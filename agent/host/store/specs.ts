import type { Sql } from "./sql.ts";

/** Resolved models of services under their hash, so that a later plan can say what changed from what to what. */
export class Specs {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** One that is there already stays. */
  put(spec: { hash: string; service: string; json: string }): void {
    this.#sql.run(
      "INSERT INTO spec (hash, service, json) VALUES ($hash, $service, $json) ON CONFLICT DO NOTHING",
      spec,
    );
  }

  /** Its JSON. */
  get(hash: string): string | undefined {
    return this.#sql.get<{ json: string }>("SELECT json FROM spec WHERE hash = $hash", { hash })?.json;
  }
}
