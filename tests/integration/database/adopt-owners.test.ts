import { afterAll, beforeAll, expect, test } from "bun:test";
import { adoptOwners, foreignObjects } from "../../../agent/run/database/adopt-owners.ts";
import { psql, type Server } from "../../../agent/run/database/psql.ts";
import { serverOf } from "../../support/database-server.ts";
import { startPostgres, type TestPostgres, withSql } from "../../support/postgres.ts";

let postgres: TestPostgres;
let server: Server;

beforeAll(async () => {
  postgres = await startPostgres();
  server = await serverOf(postgres);
  await psql(server, { sql: "CREATE ROLE shop_owner NOLOGIN;" });
}, 180_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());

/** One of everything that an app may have made as the superuser. */
const LEGACY = `
  CREATE TABLE "Odd ""name%" (id serial PRIMARY KEY, at timestamptz);
  CREATE INDEX ON "Odd ""name%" (at);
  CREATE TABLE parted (id int) PARTITION BY RANGE (id);
  CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
  CREATE VIEW seen AS SELECT 1 AS x;
  CREATE MATERIALIZED VIEW kept AS SELECT 1 AS x;
  CREATE SEQUENCE alone;
  CREATE TYPE mood AS ENUM ('glad', 'sad');
  CREATE TYPE pair AS (a int, b text);
  CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
  CREATE SCHEMA "other schema";
  CREATE TABLE "other schema".t (x int);
  CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT 2 * x';
  CREATE PROCEDURE nothing(p "other schema".t) LANGUAGE sql AS 'SELECT 1';
  CREATE EXTENSION IF NOT EXISTS plpgsql;`;

async function legacy(name: string): Promise<void> {
  await postgres.createDatabase(name);
  await psql(server, { database: name, sql: LEGACY });
}

test("everything that the superuser has made belongs to the owner afterwards, and a second run finds nothing", async () => {
  await legacy("adopted");
  const listed = await foreignObjects(server, "adopted", "shop_owner");
  const done: string[] = [];
  expect(
    await adoptOwners(server, { database: "adopted", owner: "shop_owner" }, ({ what }) => done.push(what)),
  ).toEqual([]);
  expect(done).toEqual(listed.map(({ what }) => what));
  expect(done).toContain("table parted_1");
  expect(done).toContain('table "Odd ""name%"');
  expect(await foreignObjects(server, "adopted", "shop_owner")).toEqual([]);
  const left = await psql(server, {
    database: "adopted",
    sql: `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname IN ('public', 'other schema') AND pg_get_userbyid(relowner) <> 'shop_owner';`,
  });
  expect(left.trim()).toBe("0");
});

test("a table that somebody holds is named with the reason, and the rest is changed", async () => {
  await legacy("busy");
  await withSql(postgres.urlOf("postgres", "busy"), async (sql) => {
    await sql.begin(async (transaction) => {
      await transaction`lock table parted_1 in access share mode`;
      const failed = await adoptOwners(server, { database: "busy", owner: "shop_owner" }, () => {});
      expect(failed).toEqual([
        { object: expect.objectContaining({ what: "table parted_1" }), why: expect.stringMatching(/lock/) },
      ]);
    });
  });
  const again = await adoptOwners(server, { database: "busy", owner: "shop_owner" }, () => {});
  expect(again).toEqual([]);
});
