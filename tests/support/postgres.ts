import { SQL } from "bun";
import { freePort } from "./provider-container.ts";
import { stackImage } from "./stack-images.ts";
import { docker, inspectContainer, startContainer, type TestContainer, tryDocker } from "./test-container.ts";
import { waitFor } from "./wait-for.ts";

const PASSWORD = "for-tests-alone";

/** Nothing here outlives a test, so nothing waits for a disk. */
const QUICK = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];

const SETTINGS = [
  "--env",
  `POSTGRES_PASSWORD=${PASSWORD}`,
  "--env",
  "POSTGRES_INITDB_ARGS=--no-sync",
  "--tmpfs",
  "/tmp",
  "--tmpfs",
  "/run/postgresql:uid=70,gid=70",
];

export type TestPostgres = AsyncDisposable & {
  readonly container: TestContainer;
  readonly port: number;
  /** The superuser's own database; for what a test does behind the back of what it tests. */
  readonly url: string;
  urlOf(role: string, database: string, password?: string): string;
  /** Makes an empty database and gives its URL, for the superuser. */
  createDatabase(name: string): Promise<string>;
  /** Nothing in it runs any more; connections stay, new ones are taken and never answered. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it after `stop`, and waits until it answers; the data and the port are what they were. */
  start(): Promise<void>;
};

/** Starts a PostgreSQL of the stack's own image on a free port of 127.0.0.1 and waits until it answers. */
export async function startPostgres(): Promise<TestPostgres> {
  const image = await stackImage("database");
  const port = await freePort();
  const publish = ["--publish", `127.0.0.1:${port}:5432`];
  const container = await startContainer(image, [...publish, ...SETTINGS], ["postgres", ...QUICK]);
  const urlOf = (role: string, database: string, password = PASSWORD) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const url = urlOf("postgres", "postgres");
  const command = async (...argv: string[]) => void (await docker(...argv, container.name));
  const answers = () =>
    waitFor(
      "PostgreSQL answers",
      async () => {
        if (await isUp(url)) return true;
        const running = await inspectContainer(container.name, "{{.State.Running}}");
        if (running !== "true") throw new Error("its container ended");
        return false;
      },
      60_000,
    );
  try {
    await answers();
  } catch (cause) {
    const logs = await container.logs();
    await container[Symbol.asyncDispose]();
    throw new Error(`PostgreSQL did not start; it said:\n${logs}`, { cause });
  }
  return {
    container,
    port,
    url,
    urlOf,
    async createDatabase(name) {
      await withSql(url, (sql) => sql.unsafe(`create database "${name}"`));
      return urlOf("postgres", name);
    },
    freeze: () => insist("pause", container.name),
    thaw: () => insist("unpause", container.name),
    stop: () => command("stop"),
    start: async () => {
      await command("start");
      await answers();
    },
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}

/** On a busy machine the kernel's freezer sometimes says no, and yes a moment later. */
async function insist(verb: "pause" | "unpause", name: string): Promise<void> {
  await waitFor(`docker ${verb}`, async () => (await tryDocker(verb, name)).kind === "ok");
}

/** Opens a connection of its own for `work`, and closes it. */
export async function withSql<T>(url: string, work: (sql: SQL) => Promise<T>): Promise<T> {
  const sql = new SQL(url, { max: 1, connectionTimeout: 5 });
  try {
    return await work(sql);
  } finally {
    await sql.close({ timeout: 0 });
  }
}

async function isUp(url: string): Promise<boolean> {
  try {
    await withSql(url, (sql) => sql`select 1`);
    return true;
  } catch {
    return false;
  }
}
