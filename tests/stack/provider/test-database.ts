import { randomBytes } from "node:crypto";
import { SQL } from "bun";
import { startPostgres, withSql } from "../../support/postgres.ts";

export type TestServer = AsyncDisposable & {
  readonly host: string;
  readonly port: number;
  /** An empty database of its own, owned by a role that is no superuser, as in the stack. */
  database(): Promise<TestDatabase>;
};

export type TestDatabase = {
  readonly url: string;
  /** The same database through another port of 127.0.0.1, as a proxy gives it. */
  urlVia(port: number): string;
  /** A connection apart from what is tested. */
  readonly sql: SQL;
};

const PASSWORD = "for-tests-alone";
const ROLES = `create role owner nologin; create role app login password '${PASSWORD}' in role owner;
  alter role app set role = 'owner'`;

/** Starts a PostgreSQL with an owner role and a login role that acts as it, like those of the stack. */
export async function testServer(): Promise<TestServer> {
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await startPostgres());
  await withSql(postgres.url, (sql) => sql.unsafe(ROLES).simple());
  const owned = stack.move();
  return {
    host: "127.0.0.1",
    port: postgres.port,
    async database() {
      const name = `t_${randomBytes(5).toString("hex")}`;
      await withSql(postgres.url, (sql) => sql.unsafe(`create database ${name} owner owner`));
      const url = postgres.urlOf("app", name, PASSWORD);
      const sql = new SQL({ url, max: 2 });
      owned.defer(() => sql.close({ timeout: 0 }).catch(() => {}));
      return { url, urlVia: (port) => url.replace(`:${postgres.port}/`, `:${port}/`), sql };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
