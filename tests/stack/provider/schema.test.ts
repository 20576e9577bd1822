import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { authOptions } from "../../../stack/provider/lib/auth/auth.ts";
import { readProviderConfig } from "../../../stack/provider/lib/config/provider-config.ts";
import { connect } from "../../../stack/provider/lib/migrations/connect.ts";
import { migrate } from "../../../stack/provider/lib/migrations/migrate.ts";
import { readMigrations } from "../../../stack/provider/lib/migrations/read-migrations.ts";
import { type TestServer, testServer } from "./test-database.ts";

const PROVIDER = new URL("../../../stack/provider/", import.meta.url).pathname;

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
}, 300_000);
afterAll(() => server?.[Symbol.asyncDispose]());

/** A package as the provider has it: the repository above has none of these. */
function ofProvider<T>(name: string): Promise<T> {
  return import(Bun.resolveSync(name, PROVIDER)) as Promise<T>;
}

test("better auth finds nothing missing in the migrated schema", async () => {
  const { getMigrations } =
    await ofProvider<
      typeof import("../../../stack/provider/node_modules/better-auth/dist/db/get-migration.mjs")
    >("better-auth/db/migration");
  const { Pool } =
    await ofProvider<typeof import("../../../stack/provider/node_modules/@types/pg/index.d.ts")>("pg");
  const database = await server.database();
  const client = await connect(database.url, 5_000);
  await migrate(
    client,
    readMigrations(`${PROVIDER}migrations`),
    { lockMs: 1_000, statementLockMs: 1_000 },
    () => {},
  );
  await client.end();

  const { config } = readProviderConfig(
    {
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: "s".repeat(32),
      API_KEY_PEPPER: "p".repeat(32),
      GOOGLE_CLIENT_ID: "id",
      GOOGLE_CLIENT_SECRET: "secret",
    },
    () => "",
  );
  if (!config) throw new Error("the configuration is faulty");
  const pool = new Pool({ connectionString: database.url, max: 2 });
  const { toBeCreated, toBeAdded, compileMigrations } = await getMigrations(authOptions(config, pool));
  expect({ toBeCreated, toBeAdded }).toEqual({ toBeCreated: [], toBeAdded: [] });
  expect((await compileMigrations()).replace(/[;\s]/g, "")).toBe("");
  await pool.end();
});
