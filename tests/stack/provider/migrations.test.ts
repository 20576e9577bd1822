import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, type ProviderContainer, startProvider } from "../../support/provider-container.ts";
import { providerImage } from "../../support/provider-image.ts";
import { tcpProxy } from "../../support/tcp-proxy.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";
import { type TestDatabase, type TestServer, testServer } from "./test-database.ts";

const SHIPPED = join(import.meta.dir, "../../../stack/provider/migrations");
const SHIPPED_SQL = readdirSync(SHIPPED)
  .filter((file) => file.endsWith(".sql"))
  .sort();

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  await providerImage();
  server = await testServer();
}, 300_000);
afterAll(() => server?.[Symbol.asyncDispose]());
beforeEach(async () => {
  database = await server.database();
});

type Run = { code: number; log: string };

/** Runs `node migrate.mjs` of the image to its end, on files of a test's own when they are given. */
async function migrate(env: Record<string, string> = {}, files?: Record<string, string>): Promise<Run> {
  using folder = tempFolder();
  await using container = await start(env, files, folder.path);
  return { code: await container.exitCode(), log: await container.logs() };
}

function start(
  env: Record<string, string>,
  files: Record<string, string> | undefined,
  folder: string,
): Promise<ProviderContainer> {
  for (const [name, sql] of Object.entries(files ?? {})) writeFileSync(join(folder, name), sql);
  chmodSync(folder, 0o755); // the process in the container is another user
  const command = ["node", "migrate.mjs", ...(files ? ["/files"] : [])];
  const mounts = files ? [`${folder}:/files:ro`] : [];
  return startProvider({ DATABASE_URL: database.url, ...env }, { command, mounts });
}

async function applied(): Promise<string[]> {
  const rows = await database.sql`select name from schema_migration order by id`;
  return rows.map((row: { name: string }) => row.name);
}

async function exists(table: string): Promise<boolean> {
  const [row] = await database.sql`select to_regclass(${table}) is not null as there`;
  return row.there;
}

describe("node migrate.mjs", () => {
  test("brings an empty database to the newest schema, and a second run does nothing", async () => {
    const first = await migrate();
    expect(first).toMatchObject({ code: 0 });
    expect(await applied()).toHaveLength(SHIPPED_SQL.length);
    for (const table of ['"user"', "session", "account", "verification", "api_key"]) {
      expect(await exists(table)).toBe(true);
    }
    const second = await migrate();
    expect(second.code).toBe(0);
    expect(second.log).toContain('"applied":0');
  });

  test("the tables belong to the owner role, so that another role can take its turn", async () => {
    await migrate();
    const rows = await database.sql`select distinct tableowner from pg_tables where schemaname = 'public'`;
    expect(rows.map((row: { tableowner: string }) => row.tableowner)).toEqual(["owner"]);
  });

  test("applying the files by hand twice is no error either", async () => {
    for (const file of [...SHIPPED_SQL, ...SHIPPED_SQL]) {
      await database.sql.unsafe(readFileSync(join(SHIPPED, file), "utf8")).simple();
    }
    expect((await migrate()).code).toBe(0);
  });

  test("two runs at once apply each file once, and both succeed", async () => {
    const slow = {
      "0001_a.sql": "create table a (id int); select pg_sleep(1)",
      "0002_b.sql": "create table b ()",
    };
    const runs = await Promise.all([migrate({}, slow), migrate({}, slow)]);
    expect(runs.map((run) => run.code)).toEqual([0, 0]);
    const counts = runs.map((run) => Number(/"applied":(\d)/.exec(run.log)?.[1])).sort();
    expect(counts).toEqual([0, 2]);
  });

  test("killed in the middle it leaves nothing half done, and the next run finishes", async () => {
    const files = {
      "0001_a.sql": "create table a ()",
      "0002_b.sql": "create table b (); select pg_sleep(60)",
    };
    using folder = tempFolder();
    await using container = await start({}, files, folder.path);
    await waitFor("the second migration is under way", sleeping, 20_000);
    await container.kill("KILL");
    expect(await container.exitCode()).toBe(137);

    expect(await applied()).toEqual(["a"]);
    expect(await exists("b")).toBe(false);
    const again = await migrate({}, { ...files, "0002_b.sql": "create table b ()" });
    expect(again).toMatchObject({ code: 0 });
    expect(await applied()).toEqual(["a", "b"]);
  });

  test("a migration that fails is rolled back, and none after it is tried", async () => {
    const files = {
      "0001_a.sql": "create table a ()",
      "0002_b.sql": "create table b (); create table a ()",
      "0003_c.sql": "create table c ()",
    };
    const run = await migrate({}, files);
    expect(run.code).toBe(1);
    expect(run.log).toContain('0002_b failed and was rolled back: relation \\"a\\" already exists');
    expect([await exists("a"), await exists("b"), await exists("c")]).toEqual([true, false, false]);
  });

  test("an applied file that changed is refused with what to do, before anything else is applied", async () => {
    await migrate({}, { "0001_a.sql": "create table a ()" });
    const run = await migrate({}, { "0001_a.sql": "create table aa ()", "0002_b.sql": "create table b ()" });
    expect(run.code).toBe(2);
    expect(run.log).toContain(
      "0001_a: changed after it was applied; put the file back and write the next number",
    );
    expect(await exists("b")).toBe(false);
  });

  test("a lock that another run never lets go is given up in time, with a code that says try again", async () => {
    await using held = await database.sql.reserve();
    await held`select pg_advisory_lock(${"8317986262492147575"})`;
    const run = await migrate({ MIGRATE_WAIT_SECONDS: "1" });
    expect(run.code).toBe(75);
    expect(run.log).toContain("another migration holds the lock");
    await held`select pg_advisory_unlock_all()`;
  });

  test("a table that the running application uses is not waited for without end", async () => {
    await migrate({}, { "0001_a.sql": "create table a (id int)" });
    await using held = await database.sql.reserve();
    await held`begin`;
    await held`insert into a values (1)`;
    const run = await migrate(
      {},
      { "0001_a.sql": "create table a (id int)", "0002_b.sql": "alter table a add column b int" },
    );
    await held`rollback`;
    expect(run.code).toBe(1);
    expect(run.log).toContain("0002_b failed and was rolled back: canceling statement due to lock timeout");
  });

  test("a database that is not there yet is waited for", async () => {
    const port = await freePort();
    using folder = tempFolder();
    await using container = await start({ DATABASE_URL: database.urlVia(port) }, undefined, folder.path);
    await Bun.sleep(600); // long enough for two tries against a closed port; an early proxy would only make the test easier
    const proxy = await tcpProxy(server, port);
    expect(await container.exitCode()).toBe(0);
    expect(await applied()).toHaveLength(SHIPPED_SQL.length);
    await proxy.close();
  });

  test("a database that never comes is given up in time, with a code that says try again", async () => {
    const nowhere = { DATABASE_URL: database.urlVia(await freePort()), MIGRATE_WAIT_SECONDS: "1" };
    const run = await migrate(nowhere);
    expect(run.code).toBe(75);
    expect(run.log).toContain("did not answer within 1 s");
  });

  test("a wrong password is no reason to wait", async () => {
    const started = performance.now();
    const run = await migrate({ DATABASE_URL: database.url.replace(/:[^:@]+@/, ":wrong@") });
    expect(run.code).toBe(1);
    expect(run.log).toContain("28P01");
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test("no database address is a fault of configuration", async () => {
    const run = await migrate({ DATABASE_URL: "" });
    expect(run.code).toBe(2);
    expect(run.log).toContain("DATABASE_URL: missing");
  });
});

async function sleeping(): Promise<boolean> {
  return database.sql.begin(async (sql) => {
    await sql`set local role none`; // the owner role may not see what its members' sessions do
    const [row] = await sql`select count(*)::int as n from pg_stat_activity
      where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and datname = current_database()`;
    return row.n > 0;
  });
}
