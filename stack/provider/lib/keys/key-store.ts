import type { Pool, PoolClient } from "pg";
import { type KeyMode, keyPrefix, type NewApiKey } from "./api-key.ts";

/** One key as its owner sees it. Times are ISO text in UTC; the key itself is not there. */
export type ListedKey = {
  id: string;
  name: string;
  mode: KeyMode;
  prefix: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};

export type KeyLimit = "active" | "daily";

/** Enough for every machine of a customer, and little enough for one list. */
export const MAX_ACTIVE_KEYS = 50;
/** Revoked keys stay on record; this keeps making and revoking in a loop from filling the table. */
export const MAX_KEYS_A_DAY = 200;
/** The revoked ones come last, so that a cut list still holds every living key. */
const LIST_LENGTH = 500;

type Row = {
  id: string;
  name: string;
  mode: KeyMode;
  key_id: string;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
};

export async function listKeys(pool: Pool, userId: string): Promise<ListedKey[]> {
  const { rows } = await pool.query<Row>(
    `select id, name, mode, key_id, created_at, last_used_at, revoked_at from api_key
     where user_id = $1 order by revoked_at is not null, created_at desc, id limit $2`,
    [userId, LIST_LENGTH],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    mode: row.mode,
    prefix: keyPrefix(row.mode, row.key_id),
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }));
}

/**
 * Records a key and gives its id, or the limit that forbids it. The owner's row
 * is locked meanwhile: of two requests at once, the second counts the first's key.
 */
export async function addKey(
  pool: Pool,
  userId: string,
  wanted: { name: string; mode: KeyMode },
  made: NewApiKey,
): Promise<{ id: string } | { limit: KeyLimit }> {
  return inTransaction(pool, async (client) => {
    await client.query(`select 1 from "user" where id = $1 for no key update`, [userId]);
    const limit = await reachedLimit(client, userId);
    if (limit) return { limit };
    const { rows } = await client.query<{ id: string }>(
      `insert into api_key (user_id, name, mode, key_id, hash, pepper_version)
       values ($1, $2, $3, $4, $5, $6) returning id`,
      [userId, wanted.name, wanted.mode, made.keyId, made.hash, made.pepperVersion],
    );
    const [row] = rows;
    if (!row) throw new Error("the database recorded no key");
    return { id: row.id };
  });
}

/**
 * Revokes a key of this user; false when the user has no such key. Revoking
 * twice keeps the first moment. The row stays, so that a list and a log can
 * still say whose key it was.
 */
export async function revokeKey(pool: Pool, userId: string, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1 and user_id = $2",
    [id, userId],
  );
  return rowCount === 1;
}

async function reachedLimit(client: PoolClient, userId: string): Promise<KeyLimit | undefined> {
  const { rows } = await client.query<{ active: number; today: number }>(
    `select count(*) filter (where revoked_at is null)::int as active,
            count(*) filter (where created_at > now() - interval '1 day')::int as today
     from api_key where user_id = $1`,
    [userId],
  );
  const { active = 0, today = 0 } = rows[0] ?? {};
  if (active >= MAX_ACTIVE_KEYS) return "active";
  return today >= MAX_KEYS_A_DAY ? "daily" : undefined;
}

async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    client.release();
    return result;
  } catch (error) {
    // The connection goes with the error: closing it rolls back, even when it no longer answers.
    client.release(true);
    throw error;
  }
}
