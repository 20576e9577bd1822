import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { stackImage } from "../../support/stack-images.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import {
  docker,
  inspectContainer,
  runContainer,
  testVolume,
  tryDocker,
} from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";
import { ask, startDatabase, whenReady } from "./database.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

const PGDATA = "/var/lib/postgresql/data";

/** A script of the first start that says it is there, and goes on when `open()` is called. */
function gate() {
  const folder = tempFolder();
  mkdirSync(folder.at("init"));
  mkdirSync(folder.at("gate"));
  for (const path of [folder.path, folder.at("gate")]) chmodSync(path, 0o777);
  writeFileSync(
    folder.at("init/1.sh"),
    "touch /gate/reached; until [ -e /gate/open ]; do sleep 0.05; done\n",
  );
  writeFileSync(folder.at("init/2.sql"), "create table last_step ();\n");
  return {
    mounts: ["-v", `${folder.at("init")}:/docker-entrypoint-initdb.d:ro`, "-v", `${folder.at("gate")}:/gate`],
    reached: () =>
      waitFor("the first start is half done", () => existsSync(folder.at("gate/reached")), 60_000),
    open: () => writeFileSync(folder.at("gate/open"), ""),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

test("runs as uid 70 with no capability, PostgreSQL itself as the first process", async () => {
  await using database = await startDatabase("-e", "POSTGRES_PASSWORD=x");
  await whenReady(database);
  const status = await database.exec("cat", "/proc/1/comm", "/proc/1/status");
  const text = status.kind === "ok" ? status.stdout : "";
  expect(text).toStartWith("postgres\n");
  expect(text).toMatch(/^Uid:\s+70\s+70\s+70\s+70$/m);
  expect(text).toMatch(/^CapEff:\s+0+$/m);
  expect(text).toMatch(/^NoNewPrivs:\s+1$/m);
});

test("is not ready, by no address, until the last script of the first start is done", async () => {
  using door = gate();
  await using database = await startDatabase("-e", "POSTGRES_PASSWORD=x", ...door.mounts);
  await door.reached();
  for (const address of [[], ["-h", "127.0.0.1"], ["-h", "localhost"]]) {
    expect(await database.exec("pg_isready", "-q", ...address)).toMatchObject({ kind: "failed", code: 2 });
  }
  door.open();
  await whenReady(database);
  expect(await ask(database, "postgres", "postgres", "select to_regclass('last_step')")).toBe("last_step");
});

test("killed half-way through the first start, it begins anew and ends whole", async () => {
  using door = gate();
  await using volume = await testVolume();
  const settings = ["-e", "POSTGRES_PASSWORD=x", "-e", "POSTGRES_DB=shop", "-v", `${volume.name}:${PGDATA}`];
  await using database = await startDatabase(...settings, ...door.mounts);
  await door.reached();
  await docker("kill", database.name);
  door.open();
  await docker("start", database.name);
  await whenReady(database);
  expect(await ask(database, "postgres", "shop", "select to_regclass('last_step')")).toBe("last_step");
  expect(await database.logs()).toContain("the cluster here was not finished: it is made anew");
});

test("killed at any moment of the first start, it begins anew and ends whole", async () => {
  await using volume = await testVolume();
  const settings = ["-e", "POSTGRES_PASSWORD=x", "-e", "POSTGRES_DB=shop", "-v", `${volume.name}:${PGDATA}`];
  await using database = await startDatabase(...settings);
  for (const afterMs of [40, 150, 300, 450, 600, 800, 1000]) {
    await Bun.sleep(afterMs);
    await tryDocker("kill", database.name);
    await docker("start", database.name);
  }
  await whenReady(database);
  expect(
    await ask(database, "postgres", "shop", "select count(*) from pg_authid where rolname = 'postgres'"),
  ).toBe("1");
});

test("data outlives the container, and a stop is a clean one", async () => {
  await using volume = await testVolume();
  const settings = ["-e", "POSTGRES_PASSWORD=x", "-v", `${volume.name}:${PGDATA}`];
  {
    await using first = await startDatabase(...settings);
    await whenReady(first);
    await ask(first, "postgres", "postgres", "create table kept as select 42 as answer");
    await docker("stop", first.name);
    expect(await inspectContainer(first.name, "{{.State.ExitCode}}")).toBe("0");
    expect(await first.logs()).toContain("received fast shutdown request");
  }
  await using second = await startDatabase(...settings);
  await whenReady(second);
  expect(await ask(second, "postgres", "postgres", "select answer from kept")).toBe("42");
  expect(await second.logs()).not.toContain("was not properly shut down");
});

describe("what cannot be served is refused in one line with the way out", () => {
  const asRoot = ["run", "--rm", "-u", "0", "--entrypoint", "sh"];

  /** The error and the hint of a start on a volume that was prepared by `prepare`, a line of shell. */
  async function refusal(prepare: string, ...options: string[]): Promise<string> {
    await using volume = await testVolume();
    const mount = ["-v", `${volume.name}:${PGDATA}`];
    const image = await stackImage("database");
    const look = async (line: string) =>
      docker(...asRoot, ...mount, image, "-c", `cd ${PGDATA}; ${line}; ls -lanR`);
    const before = await look(prepare);
    const outcome = await runContainer(image, ["--tmpfs=/tmp", ...mount, ...options]);
    expect(await look("true")).toBe(before);
    if (outcome.kind !== "failed") throw new Error(`it did not refuse: ${JSON.stringify(outcome)}`);
    expect(outcome.stdout).toBe("");
    return outcome.stderr;
  }

  test("a volume of another uid", async () => {
    expect(await refusal("echo 17 > PG_VERSION; chown -R 999:999 .", "-e", "POSTGRES_PASSWORD=x")).toBe(
      `error: ${PGDATA} belongs to uid 999, and this is uid 70\n` +
        "hint: keep the image that made it, or stop everything that uses it and give it over: chown -R 70:70\n",
    );
  });

  test("a cluster of another version", async () => {
    expect(await refusal("echo 16 > PG_VERSION; chown 70:70 . PG_VERSION")).toBe(
      `error: ${PGDATA} was made by PostgreSQL 16, and this is PostgreSQL 17\n` +
        "hint: keep an image of version 16, or dump with it (pg_dumpall) and restore into an empty volume\n",
    );
  });

  test("a folder that holds something else", async () => {
    expect(await refusal("echo hello > letter", "-e", "POSTGRES_PASSWORD=x")).toBe(
      `error: ${PGDATA} holds something that is not a cluster of PostgreSQL\nhint: mount an empty volume there\n`,
    );
  });

  test("no password", async () => {
    expect(await refusal("true")).toBe(
      "error: the superuser has no password\nhint: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE\n",
    );
  });

  test("a password in two places", async () => {
    const both = ["-e", "POSTGRES_PASSWORD=x", "-e", "POSTGRES_PASSWORD_FILE=/etc/passwd"];
    expect(await refusal("true", ...both)).toBe(
      "error: POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set\nhint: remove one of the two\n",
    );
  });

  test("a password's file that is not there", async () => {
    expect(await refusal("true", "-e", "POSTGRES_PASSWORD_FILE=/run/secrets/none")).toBe(
      "error: POSTGRES_PASSWORD_FILE names /run/secrets/none, which uid 70 cannot read\n" +
        "hint: make it readable for that uid\n",
    );
  });

  test("root", async () => {
    expect(await refusal("true", "-u", "0", "-e", "POSTGRES_PASSWORD=x")).toBe(
      "error: PostgreSQL does not run as root\nhint: remove the user of this service: the image has 70:70\n",
    );
  });
});
