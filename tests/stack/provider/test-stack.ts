import { connect } from "../../../stack/provider/lib/migrations/connect.ts";
import { migrate } from "../../../stack/provider/lib/migrations/migrate.ts";
import { readMigrations } from "../../../stack/provider/lib/migrations/read-migrations.ts";
import {
  PROVIDER_SECRETS,
  type ProviderContainer,
  startReadyProvider,
} from "../../support/provider-container.ts";
import { type TcpProxy, tcpProxy } from "../../support/tcp-proxy.ts";
import { type TestDatabase, testServer } from "./test-database.ts";

const MIGRATIONS = new URL("../../../stack/provider/migrations", import.meta.url).pathname;
const TIMES = { lockMs: 5_000, statementLockMs: 5_000 };

export type TestStack = AsyncDisposable & {
  readonly database: TestDatabase;
  readonly provider: ProviderContainer;
  /** The provider's only way to its database. */
  readonly proxy: TcpProxy;
};

/** A provider that is ready, on a migrated database of its own that a test can take away. */
export async function testStack(env: Record<string, string> = {}): Promise<TestStack> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await testServer());
  const database = await server.database();
  await migrateInProcess(database.url);
  const proxy = await tcpProxy(server);
  stack.defer(() => proxy.close());
  const settings = { DATABASE_URL: database.urlVia(proxy.port), ...PROVIDER_SECRETS, ...env };
  const provider = stack.use(await startReadyProvider(settings));
  const owned = stack.move();
  return { database, provider, proxy, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export async function migrateInProcess(url: string): Promise<void> {
  const client = await connect(url, 5_000);
  await migrate(client, readMigrations(MIGRATIONS), TIMES, () => {});
  await client.end();
}
