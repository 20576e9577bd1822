import { afterAll, beforeAll, expect, test } from "bun:test";
import { SQL } from "bun";
import { startPostgres, type TestPostgres, withSql } from "../../support/postgres.ts";
import { migrateInProcess } from "./test-stack.ts";

const PASSWORD = "for-tests-alone";
/** As the agent makes them: two logins that take turns, each acting as the owner. */
const ROLES = `create role shop_owner nologin;
  ${["shop_a", "shop_b"]
    .map(
      (role) => `create role ${role} login password '${PASSWORD}';
  grant shop_owner to ${role}; alter role ${role} set role = 'shop_owner';`,
    )
    .join("\n")}`;

let postgres: TestPostgres;
let a: SQL;
let b: SQL;
beforeAll(async () => {
  postgres = await startPostgres();
  await withSql(postgres.url, (sql) => sql.unsafe(ROLES).simple());
  await withSql(postgres.url, (sql) => sql.unsafe("create database shop owner shop_owner"));
  a = new SQL({ url: postgres.urlOf("shop_a", "shop", PASSWORD), max: 1 });
  b = new SQL({ url: postgres.urlOf("shop_b", "shop", PASSWORD), max: 1 });
}, 180_000);
afterAll(async () => {
  for (const pool of [a, b]) await pool?.close({ timeout: 0 }).catch(() => {});
  await postgres?.[Symbol.asyncDispose]();
});

test("whatever either login makes belongs to the owner, and the other one can change it", async () => {
  await migrateInProcess(postgres.urlOf("shop_a", "shop", PASSWORD));
  await b`create table made_by_b (id int primary key)`;
  await a`alter table made_by_b add column more text`;
  await b`alter table api_key add column more text`;
  await migrateInProcess(postgres.urlOf("shop_b", "shop", PASSWORD));
  const owners = await a`select distinct pg_get_userbyid(relowner) as owner from pg_class
    where relnamespace = 'public'::regnamespace`;
  expect(owners.map((row: { owner: string }) => row.owner)).toEqual(["shop_owner"]);
});

test("a connection of the old login goes on while the new one works, and nobody comes in by a closed one", async () => {
  const who = async (pool: SQL) => (await pool`select session_user as "user"`)[0].user;
  expect(await who(a)).toBe("shop_a");
  await withSql(postgres.url, (sql) => sql.unsafe("alter role shop_a nologin password null"));
  expect([await who(a), await who(b)]).toEqual(["shop_a", "shop_b"]);
  await using late = new SQL({ url: postgres.urlOf("shop_a", "shop", PASSWORD), max: 1 });
  await expect(who(late)).rejects.toThrow();
});
