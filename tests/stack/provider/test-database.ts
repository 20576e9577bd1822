import { randomBytes } from "node:crypto";
import { SQL } from "bun";
import { stackImage } from "../../support/stack-images.ts";
import { inspectContainer, startContainer } from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";

export type TestServer = AsyncDisposable & {
  readonly host: string;
  readonly port: number;
  /** An empty database of its own, owned by a role that is no superuser, as in the stack. */
  database(): Promise<TestDatabase>;
};

export type TestDatabase = {
  readonly url: string;
  /** The same database through another address, as a proxy gives it. */
  urlVia(port: number): string;
  /** A connection apart from what is tested. */
  readonly sql: SQL;
};

const PASSWORD = "for-tests-alone";

/** Starts a PostgreSQL of the stack's image, its data in memory, on a free port of 127.0.0.1. */
export async function testServer(): Promise<TestServer> {
  const settings = ["-p", "127.0.0.1::5432", "-e", `POSTGRES_PASSWORD=${PASSWORD}`];
  const writable = [
    "--tmpfs",
    "/var/lib/postgresql/data:uid=70,gid=70",
    "--tmpfs",
    "/var/run/postgresql:uid=70",
  ];
  const command = ["postgres", "-c", "fsync=off"];
  const container = await startContainer(await stackImage("database"), [...settings, ...writable], command);
  const ports = await inspectContainer(
    container.name,
    '{{(index .NetworkSettings.Ports "5432/tcp" 0).HostPort}}',
  );
  const port = Number(ports);
  const url = (role: string, at: number, database: string) =>
    `postgres://${role}:${PASSWORD}@127.0.0.1:${at}/${database}`;
  const admin = new SQL({ url: url("postgres", port, "postgres"), max: 1 });
  await waitFor("PostgreSQL answers", () => admin`select 1`.catch(() => undefined), 30_000);
  await admin
    .unsafe(`create role owner nologin; create role app login password '${PASSWORD}' in role owner;
    alter role app set role = 'owner'`)
    .simple();

  const opened: SQL[] = [admin];
  return {
    host: "127.0.0.1",
    port,
    async database() {
      const database = `t_${randomBytes(5).toString("hex")}`;
      await admin.unsafe(`create database ${database} owner owner`);
      const sql = new SQL({ url: url("app", port, database), max: 2 });
      opened.push(sql);
      return { url: url("app", port, database), urlVia: (at) => url("app", at, database), sql };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((sql) => sql.close({ timeout: 0 }).catch(() => {})));
      await container[Symbol.asyncDispose]();
    },
  };
}
