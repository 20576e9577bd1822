import { afterAll, beforeAll, expect, test } from "bun:test";
import { startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { createKeyTable, type KeyTable } from "./api-keys.ts";

const KEYS = 100_000;

let postgres: TestPostgres;
let table: KeyTable;
beforeAll(async () => {
  postgres = await startPostgres();
  table = await createKeyTable(postgres, "many_keys");
  await table.sql`insert into api_key (user_id, name, mode, key_id, hash, pepper_version)
    select 'customer-1', 'a key', 'test', lpad(n::text, 12, '0'), sha256(n::text::bytea), 1
    from generate_series(1, ${KEYS}) as n`;
  await table.sql`vacuum analyze api_key`;
}, 180_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());

/** The nodes of the plan that PostgreSQL makes, as text. */
async function planOf(query: string): Promise<string> {
  const rows: Record<string, string>[] = await table.sql.unsafe(`explain ${query}`);
  return rows.flatMap((row) => Object.values(row)).join("\n");
}

test("with 100,000 keys on the old pepper a look-up reads one entry of an index", async () => {
  const plan = await planOf("select * from api_key where key_id = '000000050000' and revoked_at is null");
  expect(plan).toContain("Index Scan using api_key_key_id_key");
  expect(plan).not.toContain("Seq Scan");
});

test("whether any key still stands on a pepper is one look into an index, also when none does", async () => {
  const left = "select exists (select from api_key where pepper_version = 7 and revoked_at is null)";
  const plan = await planOf(left);
  expect(plan).toContain("using api_key_pepper_version_idx");
  const [row] = await table.sql.unsafe(left);
  expect(row.exists).toBe(false);
});

test("the last few on a pepper are counted without a look at the others", async () => {
  await table.sql`update api_key set pepper_version = 2 where key_id <= '000000000003'`;
  await table.sql`vacuum analyze api_key`;
  const count = "select count(*)::int from api_key where pepper_version = 2 and revoked_at is null";
  expect(await planOf(count)).toContain("using api_key_pepper_version_idx");
  const [row] = await table.sql.unsafe(count);
  expect(row.count).toBe(3);
});
