import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { exec } from "../../../agent/host/exec.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { Store } from "../../../agent/host/store/store.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

const WRITER = join(import.meta.dir, "../../fixtures/host/journal-writer.ts");

function fill(store: Store): void {
  for (let at = 1; at <= 20; at++) {
    const id = store.releases.start({ at, cause: "x".repeat(200), model: JSON.stringify({ at }) });
    store.releases.finish(id, { at, result: "deployed" });
    const operation = store.operations.start({ kind: "deploy", pid: 1, at, detail: { at } });
    store.operations.step(operation, { step: "start", state: "done", at });
    store.readiness.record({ service: "gateway", image: "i", at, ms: 1, cause: "deploy" });
    store.builds.record({ image: "i", at, ms: 1, cached: false, sizeBytes: 1, inputs: "i" });
    store.specs.put({ hash: `h${at}`, service: "gateway", json: "{}" });
    const last = store.watch.unfinished().at(-1)?.id ?? 0;
    store.watch.write(
      { budget: at },
      { at, intents: [{ id: last + 1, service: "gateway", cause: "x", detail: at }] },
    );
    store.incidents.close(store.incidents.open({ service: "gateway", level: "losing", cause: "x", at }), {
      at,
    });
    store.events.add({ service: "gateway", from: "ready", to: "suspect", cause: "x", at });
    store.alerts.add({ key: `${last}`, channel: "slack", body: { at }, at });
    store.leases.take({ services: [`s${last}`], holder: "an operator", at }, () => true);
  }
}

function readAll(store: Store): void {
  store.releases.list(100);
  store.releases.current();
  for (const operation of store.operations.list(100)) store.operations.steps(operation.id);
  store.operations.unfinished();
  store.readiness.summary("gateway");
  store.builds.history("i");
  store.specs.get("h3");
  store.watch.read();
  store.watch.unfinished();
  store.incidents.list(100);
  store.events.list({ limit: 100 });
  store.alerts.due(100);
  store.leases.list(1, () => true);
}

/** The error with which opening, reading or writing the state ends, if any. */
function errorOf(path: string): unknown {
  try {
    using store = openStore(path);
    readAll(store);
    fill(store);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

test("the state and its folder are for its owner only", () => {
  using folder = tempFolder();
  const umask = process.umask(0);
  try {
    using store = openStore(folder.at("project", "state.db"));
    fill(store);
    for (const name of ["state.db", "state.db-wal", "state.db-shm"]) {
      expect(statSync(folder.at("project", name)).mode & 0o777).toBe(0o600);
    }
  } finally {
    process.umask(umask);
  }
  expect(statSync(folder.at("project")).mode & 0o777).toBe(0o700);
});

test("what was written is there after opening it again", () => {
  using folder = tempFolder();
  {
    using store = openStore(folder.at("state.db"));
    fill(store);
  }
  using again = openStore(folder.at("state.db"));
  expect(again.releases.current()?.id).toBe("r20");
  expect(again.releases.start({ at: 1, cause: "x" })).toBe("r21");
});

test("a step that was written is on the disk, also when the agent is killed", async () => {
  using folder = tempFolder();
  const writer = Bun.spawn({
    cmd: [process.execPath, WRITER, folder.at("state.db")],
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  const reading = (async () => {
    for await (const chunk of writer.stdout) printed += Buffer.from(chunk).toString();
  })();
  await waitFor("a hundred steps", () => printed.split("\n").length > 100);
  writer.kill("SIGKILL");
  await reading;
  const last = Number(printed.trimEnd().split("\n").at(-1));
  using store = openStore(folder.at("state.db"));
  const [operation] = store.operations.unfinished();
  const steps = store.operations.steps(operation?.id ?? 0);
  expect(operation?.pid).toBe(writer.pid);
  expect(steps.map((step) => step.seq)).toEqual(steps.map((_, index) => index + 1));
  expect(steps.length).toBeGreaterThanOrEqual(last);
});

test("four agents that make and fill one state at the same time lose nothing", async () => {
  using folder = tempFolder();
  const argv = [process.execPath, WRITER, folder.at("state.db"), "50"] as const;
  const ends = await Promise.all([1, 2, 3, 4].map(() => exec({ argv }, { timeoutMs: 30_000 })));
  expect(ends.map((end) => end.kind)).toEqual(["ok", "ok", "ok", "ok"]);
  using store = openStore(folder.at("state.db"));
  const counts = store.operations
    .unfinished()
    .map((operation) => store.operations.steps(operation.id).length);
  expect(counts).toEqual([50, 50, 50, 50]);
}, 40_000);

test("a state that was cut short or garbled is a named error with a way out, never a crash", () => {
  using folder = tempFolder();
  {
    using store = openStore(folder.at("sound.db"));
    fill(store);
  }
  const sound = readFileSync(folder.at("sound.db"));
  const damage = fc.oneof(
    fc.record({ cut: fc.nat({ max: sound.length - 1 }) }),
    fc.record({
      at: fc.nat({ max: sound.length - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    }),
  );
  let round = 0;
  fc.assert(
    fc.property(damage, (how) => {
      const path = folder.at(`damaged-${round++}.db`);
      const bytes = Buffer.from(sound);
      if ("at" in how) bytes.set(how.bytes.subarray(0, bytes.length - how.at), how.at);
      writeFileSync(path, "cut" in how ? bytes.subarray(0, how.cut) : bytes);
      const error = errorOf(path);
      // Damage inside a text, or a file cut to nothing, leaves a sound state.
      if (error === undefined) return;
      expect(error).toBeInstanceOf(SoloflowError);
      expect((error as SoloflowError).message).toContain(path);
      expect((error as SoloflowError).hint).toBeDefined();
    }),
    { numRuns: 60 },
  );
});

test("a file that is no state of ours is left alone and named", () => {
  using folder = tempFolder();
  writeFileSync(folder.at("text"), "not a database, but a text of some length".repeat(100));
  const other = new Database(folder.at("other"));
  other.run("CREATE TABLE theirs (x)");
  other.close();
  for (const name of ["text", "other"]) {
    const before = readFileSync(folder.at(name));
    expect(() => openStore(folder.at(name))).toThrow(
      expect.objectContaining({
        code: "state-corrupt",
        hint: expect.stringContaining(`mv ${folder.at(name)}`),
      }),
    );
    expect(readFileSync(folder.at(name))).toEqual(before);
  }
});

test("values that the agent never wrote are damage", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const harm = (sql: string) => {
    const database = new Database(path);
    database.run(sql);
    database.close();
  };
  {
    using store = openStore(path);
    fill(store);
  }
  const corrupt = expect.objectContaining({ code: "state-corrupt" });
  harm("UPDATE release SET services = '{\"gateway\": {}}' WHERE number = 3");
  harm("UPDATE release SET services = '{' WHERE number = 4");
  harm("UPDATE release SET result = 'perhaps' WHERE number = 5");
  harm("UPDATE operation SET state = 'perhaps' WHERE id = 1");
  harm("DROP TABLE build");
  harm("UPDATE lease SET services = '[3]' WHERE id = 1");
  harm("UPDATE incident SET level = 'loud' WHERE id = 1");
  harm("UPDATE incident SET evidence = '[]' WHERE id = 2");
  harm("UPDATE watch SET state = '{'");
  using store = openStore(path);
  for (const id of ["r3", "r4", "r5"]) expect(() => store.releases.get(id)).toThrow(corrupt);
  expect(() => store.operations.list(100)).toThrow(corrupt);
  expect(() => store.builds.history("i")).toThrow(corrupt);
  expect(() => store.leases.list(1, () => true)).toThrow(corrupt);
  for (const id of [1, 2]) expect(() => store.incidents.get(id)).toThrow(corrupt);
  expect(() => store.watch.read()).toThrow(corrupt);
  expect(store.releases.get("r2")).toMatchObject({ result: "deployed" });
});

test("a state that only a later agent can read is refused and left as it is", () => {
  using folder = tempFolder();
  openStore(folder.at("state.db")).close();
  const database = new Database(folder.at("state.db"));
  database.run("PRAGMA user_version = 99; UPDATE schema SET readable_from = 99");
  database.close();
  expect(() => openStore(folder.at("state.db"))).toThrow(
    expect.objectContaining({ code: "state-newer", hint: expect.stringContaining("99") }),
  );
});

test("a place where no state can be is an error that names it", () => {
  using folder = tempFolder();
  mkdirSync(folder.at("folder.db"));
  symlinkSync("/dev/null", folder.at("link.db"));
  for (const name of ["folder.db", "link.db"]) {
    expect(() => openStore(folder.at(name))).toThrow(
      expect.objectContaining({ code: "state", message: expect.stringContaining(folder.at(name)) }),
    );
  }
});

test("a state that another process keeps busy is said so", async () => {
  using folder = tempFolder();
  using store = openStore(folder.at("state.db"));
  const other = new Database(folder.at("state.db"));
  other.run("BEGIN IMMEDIATE");
  expect(() => store.specs.put({ hash: "h", service: "s", json: "{}" })).toThrow(
    expect.objectContaining({ code: "state-busy" }),
  );
  other.run("ROLLBACK");
  other.close();
}, 15_000);
