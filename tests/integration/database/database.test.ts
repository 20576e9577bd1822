import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { Secret } from "../../../agent/core/secret.ts";
import { systemPostgres } from "../../../agent/host/postgres-login.ts";
import { rolesSql } from "../../../agent/plan/database-roles.ts";
import { scramVerifier } from "../../../agent/plan/scram.ts";
import { keysByVersion } from "../../../agent/run/database/keys-by-version.ts";
import { loginStates } from "../../../agent/run/database/login-state.ts";
import { psql, type Server } from "../../../agent/run/database/psql.ts";
import { endSessions, sessionsOf } from "../../../agent/run/database/sessions.ts";
import { serverOf } from "../../support/database-server.ts";
import { startPostgres, type TestPostgres, withSql } from "../../support/postgres.ts";
import { inspectContainer } from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";

const PASSWORD = new Secret("a-password-of-these-tests");
const verifier = scramVerifier(PASSWORD, Buffer.alloc(16, 7).toString("base64"));
let postgres: TestPostgres;
let server: Server;
let address: string;

beforeAll(async () => {
  postgres = await startPostgres();
  server = await serverOf(postgres);
  address = await inspectContainer(postgres.container.name, "{{.NetworkSettings.IPAddress}}");
}, 180_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());

beforeEach(() =>
  psql(server, {
    sql: rolesSql({
      service: "database",
      databases: [
        {
          ...{ database: "shop", owner: "shop_owner", roles: ["shop_a", "shop_b"] },
          logins: [{ role: "shop_a", verifier }],
        },
      ],
    }),
  }),
);

const login = (role: string, password = PASSWORD) =>
  systemPostgres.login({ address, port: 5432, database: "shop", role, password, timeoutMs: 5_000 });

test("a login is accepted or refused as PostgreSQL would an app's", async () => {
  expect(await login("shop_a")).toBe("accepted");
  expect(await login("shop_a", new Secret("another-password"))).toBe("refused");
  expect(await login("shop_b")).toBe("refused");
});

test("a server that does not answer is no refusal", async () => {
  const nobody = { address: "127.0.0.1", port: 1, database: "shop", role: "shop_a", password: PASSWORD };
  const verdict = await systemPostgres.login({ ...nobody, timeoutMs: 1_000 });
  expect(verdict).toEqual({ failed: expect.any(String) });
});

test("what PostgreSQL keeps of the roles is told, of those that exist", async () => {
  expect(await loginStates(server, ["shop_b", "shop_a", "nobody"])).toEqual([
    { role: "shop_a", mayLogIn: true, verifier },
    { role: "shop_b", mayLogIn: false, verifier: null },
  ]);
});

test("a role's sessions are counted, and ended when that is asked", async () => {
  const url = postgres.urlOf("shop_a", "shop", PASSWORD.reveal());
  await withSql(url, async (sql) => {
    await sql`select 1`;
    expect(await sessionsOf(server, "shop_a")).toBe(1);
    expect(await sessionsOf(server, "shop_b")).toBe(0);
    await endSessions(server, "shop_a");
    await waitFor("the session is gone", async () => (await sessionsOf(server, "shop_a")) === 0);
  });
});

test("rows are counted by the version that they stand on, those that no longer count left out", async () => {
  const references = { database: "shop", table: "public.keys", column: "version", unless: "revoked_at" };
  await psql(server, {
    database: "shop",
    sql: `CREATE TABLE keys (version integer, revoked_at timestamptz);
      INSERT INTO keys VALUES (2, NULL), (1, NULL), (1, NULL), (1, now());`,
  });
  expect(await keysByVersion(server, references)).toEqual([
    { n: 1, count: 2 },
    { n: 2, count: 1 },
  ]);
  // Whoever does not know which rows stand on a pepper must not take it for none.
  await psql(server, { database: "shop", sql: "INSERT INTO keys VALUES (NULL, NULL);" });
  await expect(keysByVersion(server, references)).rejects.toMatchObject({ code: "database" });
});

test("what PostgreSQL refuses is told in its words, and nothing of the script", async () => {
  const refused = psql(server, { sql: "SELECT 'not to be told' FROM nowhere;" });
  await expect(refused).rejects.toThrow(/nowhere/);
  await expect(refused).rejects.not.toThrow(/not to be told/);
});
