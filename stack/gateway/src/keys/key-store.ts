import type { SQL } from "bun";
import type { Database } from "../database/database.ts";

/** A living key's row of `api_key`; a revoked key has none. */
export type KeyRow = {
  readonly id: string;
  readonly keyId: string;
  readonly userId: string;
  readonly hash: Uint8Array;
  readonly pepperVersion: number;
};

export type Hashed = { readonly hash: Uint8Array; readonly pepperVersion: number };

/** Everything rejects with DatabaseAway, and only with that. */
export type KeyStore = {
  find(keyId: string): Promise<KeyRow | undefined>;
  /** Puts `to` in the place of the row's hash, unless somebody else has changed or revoked it meanwhile. */
  rehash(row: KeyRow, to: Hashed): Promise<boolean>;
  /** Moves `last_used_at` forward, never back. A row that is locked is left out: it is not worth a wait. */
  touch(uses: ReadonlyMap<string, Date>): Promise<void>;
  /** Resolves when the database answers and has what the rest of this needs. */
  probe(): Promise<void>;
};

export function createKeyStore(database: Database<SQL>): KeyStore {
  return {
    find: (keyId) => database.run((sql) => find(sql, keyId)),
    rehash: (row, to) => database.run((sql) => rehash(sql, row, to)),
    touch: (uses) => database.run((sql) => touch(sql, uses)),
    probe: () => database.run(probe),
  };
}

async function find(sql: SQL, keyId: string): Promise<KeyRow | undefined> {
  const rows: KeyRow[] = await sql`
    select id, key_id as "keyId", user_id as "userId", hash, pepper_version as "pepperVersion"
    from api_key where key_id = ${keyId} and revoked_at is null`;
  return rows[0];
}

async function rehash(sql: SQL, row: KeyRow, to: Hashed): Promise<boolean> {
  const changed = await sql`
    update api_key set hash = ${to.hash}, pepper_version = ${to.pepperVersion}
    where id = ${row.id} and hash = ${row.hash} and pepper_version = ${row.pepperVersion}
      and revoked_at is null`;
  return changed.count === 1;
}

async function touch(sql: SQL, uses: ReadonlyMap<string, Date>): Promise<void> {
  const entries = JSON.stringify([...uses].map(([id, at]) => ({ id, at })));
  await sql`
    update api_key set last_used_at = due.at
    from (select k.id, u.at from json_to_recordset(${entries}::text::json) as u(id uuid, at timestamptz)
          join api_key k on k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)
          for update of k skip locked) as due
    where api_key.id = due.id`;
}

async function probe(sql: SQL): Promise<void> {
  await sql`select id, key_id, user_id, hash, pepper_version, last_used_at, revoked_at from api_key limit 0`;
}
