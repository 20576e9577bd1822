import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { stackImage } from "../../support/stack-images.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import {
  inspectContainer,
  runContainer,
  testNetwork,
  testVolume,
  tryDocker,
} from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";
import { ask, logIn, startDatabase, whenReady } from "./database.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

test("the official image's variables name the superuser, its password and the first database", async () => {
  await using network = await testNetwork();
  const settings = [
    "-e",
    "POSTGRES_USER=shop owner",
    "-e",
    "POSTGRES_PASSWORD=p'a s\"s",
    "-e",
    "POSTGRES_DB=the-shop",
  ];
  await using database = await startDatabase("--network", network.name, "--network-alias", "db", ...settings);
  await whenReady(database);

  expect(await ask(database, "shop owner", "the-shop", "show is_superuser")).toBe("on");
  const to = { host: "db", user: "shop%20owner", name: "the-shop", password: encodeURIComponent("p'a s\"s") };
  expect(await logIn(network.name, to)).toMatchObject({ kind: "ok", stdout: "shop owner\n" });
  expect(await logIn(network.name, { ...to, password: "wrong" })).toMatchObject({ kind: "failed", code: 2 });
});

test("the password may come from a file, and then stands in no setting of the container", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("password"), "from-a-file\n");
  chmodSync(folder.path, 0o755);
  await using network = await testNetwork();
  const mount = [
    "-v",
    `${folder.path}:/run/secrets:ro`,
    "-e",
    "POSTGRES_PASSWORD_FILE=/run/secrets/password",
  ];
  await using database = await startDatabase("--network", network.name, "--network-alias", "db", ...mount);
  await whenReady(database);

  const to = { host: "db", user: "postgres", name: "postgres", password: "from-a-file" };
  expect(await logIn(network.name, to)).toMatchObject({ kind: "ok" });
  expect(await inspectContainer(database.name, "{{json .}}")).not.toContain("from-a-file");
});

test("POSTGRES_INITDB_ARGS reach initdb", async () => {
  await using database = await startDatabase(
    "-e",
    "POSTGRES_PASSWORD=x",
    "-e",
    "POSTGRES_INITDB_ARGS=--data-checksums --wal-segsize=32",
  );
  await whenReady(database);
  expect(await ask(database, "postgres", "postgres", "show data_checksums")).toBe("on");
  expect(await ask(database, "postgres", "postgres", "show wal_segment_size")).toBe("32MB");
});

test("with POSTGRES_HOST_AUTH_METHOD=trust no password is needed, and the log warns of it", async () => {
  await using network = await testNetwork();
  const settings = [
    "--network",
    network.name,
    "--network-alias",
    "db",
    "-e",
    "POSTGRES_HOST_AUTH_METHOD=trust",
  ];
  await using database = await startDatabase(...settings);
  await whenReady(database);
  const to = { host: "db", user: "postgres", name: "postgres", password: "" };
  expect(await logIn(network.name, to)).toMatchObject({ kind: "ok" });
  expect(await database.logs()).toContain(
    "warning: whoever reaches this database is let in without a password",
  );
});

test("arguments that begin with a dash are the server's", async () => {
  const image = await stackImage("database");
  expect(await runContainer(image, [], ["--version"])).toMatchObject({
    stdout: expect.stringContaining("(PostgreSQL) 17"),
  });
});

test("scripts run once, in the order of their names, each in its way", async () => {
  using folder = tempFolder();
  mkdirSync(folder.at("init"));
  const script = (name: string, text: string | Uint8Array, mode = 0o644) => {
    writeFileSync(folder.at("init", name), text);
    chmodSync(folder.at("init", name), mode);
  };
  const sql = (text: string) =>
    `psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<-EOSQL\n${text}\nEOSQL\n`;
  script("1.sql", "create table step (name text, at serial);");
  script(
    "2-run.sh",
    `#!/bin/bash\nset -euo pipefail\n[[ -d $PGDATA ]]\n${sql("insert into step values ('run')")}`,
    0o755,
  );
  script("3-sourced.sh", `: "$THIS_IS_NOT_SET"; ${sql("insert into step values ('sourced')")}`);
  script("4.sql.gz", gzipSync("insert into step values ('gzip');"));
  script("5-readme.txt", "not for the database");
  chmodSync(folder.path, 0o755);
  await using volume = await testVolume();
  const settings = ["-e", "POSTGRES_PASSWORD=x", "-v", `${volume.name}:/var/lib/postgresql/data`];
  await using database = await startDatabase(
    ...settings,
    "-v",
    `${folder.at("init")}:/docker-entrypoint-initdb.d:ro`,
  );
  await whenReady(database);
  await tryDocker("restart", database.name);
  await whenReady(database);

  const steps = await ask(
    database,
    "postgres",
    "postgres",
    "select string_agg(name, ' ' order by at) from step",
  );
  expect(steps).toBe("run sourced gzip");
  expect(await database.logs()).toContain("ignoring /docker-entrypoint-initdb.d/5-readme.txt");
});

test("a script that fails ends the start, and the next start begins anew", async () => {
  using folder = tempFolder();
  writeFileSync(folder.at("1.sql"), "create table before_the_fault (); select * from nothing_of_this_name;");
  chmodSync(folder.path, 0o755);
  await using volume = await testVolume();
  const settings = ["-e", "POSTGRES_PASSWORD=x", "-v", `${volume.name}:/var/lib/postgresql/data`];
  await using database = await startDatabase(
    ...settings,
    "-v",
    `${folder.path}:/docker-entrypoint-initdb.d:ro`,
  );
  await waitFor(
    "it gives up",
    async () => (await inspectContainer(database.name, "{{.State.Running}}")) === "false",
    30_000,
  );
  expect(await inspectContainer(database.name, "{{.State.ExitCode}}")).not.toBe("0");

  writeFileSync(folder.at("1.sql"), "create table mended ();");
  await tryDocker("start", database.name);
  await whenReady(database);
  const tables = await ask(
    database,
    "postgres",
    "postgres",
    "select string_agg(tablename, ' ') from pg_tables where schemaname = 'public'",
  );
  expect(tables).toBe("mended");
});

test("a dump of the official image finds its locale; a new database sorts by a rule that no update changes", async () => {
  await using database = await startDatabase("-e", "POSTGRES_PASSWORD=x");
  await whenReady(database);
  const create =
    "create database restored template template0 encoding 'UTF8' locale_provider libc locale 'en_US.utf8'";
  await ask(database, "postgres", "postgres", create);
  expect(await ask(database, "postgres", "restored", "select 'a' < 'B'")).toBe("t");
  const rule = "select concat(datlocprovider, ' ', datlocale) from pg_database where datname = 'postgres'";
  expect(await ask(database, "postgres", "postgres", rule)).toBe("b C.UTF-8");
});
