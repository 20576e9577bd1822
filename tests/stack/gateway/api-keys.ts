import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { hashKey } from "../../../stack/gateway/src/keys/hash-key.ts";
import { makeApiKey } from "../../../stack/provider/lib/keys/api-key.ts";
import type { TestPostgres } from "../../support/postgres.ts";

const MIGRATIONS = join(import.meta.dir, "../../../stack/provider/migrations");

export const OLD_PEPPER = { version: 1, value: "the-first-pepper-for-tests" };
export const NEW_PEPPER = { version: 2, value: "the-second-pepper-for-tests" };

export type IssuedKey = { readonly key: string; readonly keyId: string };
export type StoredKey = {
  readonly hash: Buffer;
  readonly pepper_version: number;
  readonly last_used_at: Date | null;
};

/** A database with the provider's tables, one customer in it, and keys made as the provider makes them. */
export type KeyTable = {
  readonly url: string;
  readonly sql: SQL;
  issue(pepper?: typeof OLD_PEPPER): Promise<IssuedKey>;
  revoke(key: IssuedKey): Promise<void>;
  stored(key: IssuedKey): Promise<StoredKey>;
};

export async function createKeyTable(postgres: TestPostgres, database: string): Promise<KeyTable> {
  const url = await postgres.createDatabase(database);
  const sql = new SQL(url, { max: 2 });
  await migrate(sql);
  await sql`insert into "user" (id, name, email, "emailVerified")
    values ('customer-1', 'A customer', 'customer@example.com', true)`;
  return {
    url,
    sql,
    async issue(pepper = OLD_PEPPER) {
      const { key, keyId, hash, pepperVersion } = makeApiKey("test", pepper, randomBytes);
      await sql`insert into api_key (user_id, name, mode, key_id, hash, pepper_version)
        values ('customer-1', 'a key', 'test', ${keyId}, ${hash}, ${pepperVersion})`;
      return { key, keyId };
    },
    async revoke({ keyId }) {
      await sql`update api_key set revoked_at = now() where key_id = ${keyId}`;
    },
    async stored({ keyId }) {
      const rows = await sql`select hash, pepper_version, last_used_at from api_key where key_id = ${keyId}`;
      return rows[0];
    },
  };
}

/** Runs the provider's own migrations. */
export async function migrate(sql: SQL): Promise<void> {
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  for (const file of files.sort()) await sql.unsafe(readFileSync(join(MIGRATIONS, file), "utf8")).simple();
}

/** Whether the row holds exactly what the provider would have stored for this key under this pepper. */
export function standsOn(stored: StoredKey, key: IssuedKey, pepper: typeof OLD_PEPPER): boolean {
  return stored.pepper_version === pepper.version && stored.hash.equals(hashKey(key.key, pepper.value));
}
