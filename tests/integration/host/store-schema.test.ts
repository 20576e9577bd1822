import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { MIGRATIONS } from "../../../agent/host/store/migrations.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const NOW = MIGRATIONS.length;

/** As an agent would leave it that knows one step more. */
function laterAgent(path: string, step: string, readableFrom: number): void {
  const database = new Database(path);
  database.run(
    `${step}; UPDATE schema SET readable_from = ${readableFrom}; PRAGMA user_version = ${NOW + 1}`,
  );
  database.close();
}

function versionOf(path: string): unknown {
  using database = new Database(path);
  return database.query("PRAGMA user_version").get();
}

test("a state to which a later agent only added is read and written by this one, and left at that schema", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  {
    using store = openStore(path);
    store.incidents.open({ service: "gateway", level: "healed", cause: "before", at: 1 });
    store.watch.write({ budget: 1 }, { at: 1 });
  }
  const added = `CREATE TABLE more (x) STRICT; ALTER TABLE incident ADD COLUMN more TEXT NOT NULL DEFAULT 'none'`;
  laterAgent(path, added.replace("(x) STRICT", "(x TEXT) STRICT"), NOW);
  {
    using store = openStore(path);
    expect(store.incidents.list(9)).toMatchObject([{ cause: "before" }]);
    store.incidents.open({ service: "gateway", level: "healed", cause: "after", at: 2 });
    store.watch.write({ budget: 2 }, { at: 2 });
  }
  expect(versionOf(path)).toEqual({ user_version: NOW + 1 });
  using store = openStore(path);
  expect(store.incidents.list(9)).toMatchObject([{ cause: "after" }, { cause: "before" }]);
  expect(store.watch.read()).toEqual({ budget: 2 });
});

test("a state that a later agent changed otherwise is refused, and not a byte of it is touched", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  openStore(path).close();
  laterAgent(path, "ALTER TABLE incident RENAME COLUMN cause TO why", NOW + 1);
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: "state-newer" }));
  expect(versionOf(path)).toEqual({ user_version: NOW + 1 });
});

test("each step is readable from one step on that exists, and none is readable from earlier than the one before", () => {
  const from = MIGRATIONS.map((step) => step.readableFrom);
  expect(from).toEqual([...from].sort((a, b) => a - b));
  for (const [index, first] of from.entries()) expect(first).toBeLessThanOrEqual(index + 1);
});

test("a state of the first schema is brought to this one with all that is in it", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  {
    const first = new Database(path);
    first.run(MIGRATIONS[0]?.sql ?? "");
    first.run("PRAGMA user_version = 1; PRAGMA application_id = 0x534f4c4f");
    first.run(
      "INSERT INTO readiness (service, image, at, ms, cause) VALUES ('gateway', 'i', 1, 42, 'deploy')",
    );
    first.close();
  }
  using store = openStore(path);
  expect(store.readiness.summary("gateway")).toMatchObject({ lastMs: 42 });
  expect(store.watch.read()).toBeUndefined();
  expect(versionOf(path)).toEqual({ user_version: NOW });
});

test("an open state knows when its file was deleted or replaced under it", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const harms: Record<string, () => void> = {
    nothing: () => {},
    "a write of its own": () => openStore(path).events.add({ at: 1, service: "a", to: "ready", cause: "x" }),
    "its deletion": () => rmSync(path),
    "another in its place": () => {
      copyFileSync(path, folder.at("other"));
      renameSync(folder.at("other"), path);
    },
    "the loss of its journal": () => rmSync(`${path}-wal`),
  };
  for (const [what, harm] of Object.entries(harms)) {
    const store = openStore(path);
    store.watch.write({ what }, { at: 1 });
    expect(store.isStale()).toBe(false);
    harm();
    expect([what, store.isStale()]).toEqual([what, !["nothing", "a write of its own"].includes(what)]);
    store.close();
    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
    using again = openStore(path);
    again.watch.write({ what }, { at: 2 });
    expect(again.isStale()).toBe(false);
  }
});

test("a state that is torn while it is open is a named error sooner or later, and never a crash", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const store = openStore(path);
  for (let at = 0; at < 50; at++) {
    store.incidents.open({ service: "a", level: "healed", cause: "x".repeat(9_000), at });
  }
  truncateSync(path, 5_000);
  try {
    store.incidents.list(100);
    store.close();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: expect.stringMatching(/^state/) });
  }
  for (const beside of ["-wal", "-shm"]) rmSync(`${path}${beside}`, { force: true });
  writeFileSync(path, "torn");
  expect(() => openStore(path)).toThrow(expect.objectContaining({ code: "state-corrupt" }));
});
