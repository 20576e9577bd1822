import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { WatchAction } from "../../../agent/plan/watchdog/model.ts";
import { initialState } from "../../../agent/plan/watchdog/state.ts";
import { keptRecords } from "../../../agent/run/watch/kept-records.ts";
import { Memory } from "../../../agent/run/watch/memory.ts";
import { UsualTimes } from "../../../agent/run/watch/usual-times.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const INCIDENT = {
  ...{ type: "incident", change: "opened", incident: 7, service: "app", instance: "app", cause: "no answer" },
  ...{ detectedMs: 3_000, report: false },
} as const satisfies WatchAction;
const PAGE = {
  ...{ type: "alert", level: "losing", service: "app", incident: 7, code: "down", cause: "no answer" },
  next: "soloflow-agent status",
} as unknown as WatchAction;

function memoryIn(path: string) {
  const said: string[] = [];
  return { memory: new Memory(path, (line) => said.push(line)), said };
}

/** A state with a budget and numbers of its own, as a watchdog before left it. */
function stored(path: string) {
  const { durable } = initialState(1_000);
  const state = { ...durable, nextId: 42 };
  using store = openStore(path);
  store.watch.write(state, { at: 1_000 });
  return state;
}

/** Nothing of the watchdog's can be written until it is undone. */
function refuseWrites(path: string): () => void {
  const run = (text: string) => {
    using database = new Database(path);
    database.run(text);
  };
  run("CREATE TRIGGER refuse BEFORE INSERT ON watch BEGIN SELECT RAISE(ABORT, 'no room'); END");
  return () => run("DROP TRIGGER refuse");
}

test("a state that is busy at the start is waited for: no blank one is written over it", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const before = stored(path);
  const { memory } = memoryIn(path);
  const { watch } = memory.store();
  const read = watch.read;
  watch.read = () => {
    throw new SoloflowError("state-busy", "in use by another process");
  };
  expect(() => memory.recall(2_000)).toThrow("in use");
  watch.read = read;
  expect(memory.recall(2_000).state.durable).toEqual(before);
  memory.close();
});

test("a state that cannot be read at the start stays as it is, and is begun with anew once it can be", async () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const before = stored(path);
  const whole = await Bun.file(path).bytes();
  await Bun.write(path, "no database".repeat(1_000));
  const { memory, said } = memoryIn(path);
  let anew = 0;
  memory.readable = () => {
    anew += 1;
  };
  const { state } = memory.recall(2_000);
  expect(memory.remember(state, { at: 2_000, intents: [] })).toBe(false);
  memory.mend();
  expect(anew).toBe(0);
  await Bun.write(path, whole);
  memory.mend();
  expect(anew).toBe(1);
  expect(memory.remember(state, { at: 2_000, intents: [] })).toBe(false);
  expect(memory.recall(3_000).state.durable).toEqual(before);
  expect(memory.fault).toBeUndefined();
  expect(said).toHaveLength(2);
  memory.close();
});

test("a watchdog that begins anew gives no number that an intent or an incident has", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  {
    using store = openStore(path);
    store.incidents.open({ id: 70, service: "app", at: 1, level: "healed", cause: "before" });
  }
  const { memory } = memoryIn(path);
  expect(memory.recall(2_000).state.durable.nextId).toBe(71);
  memory.close();
});

test("while nothing can be written it is said once and nothing is done; it is over when something was written", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const { memory, said } = memoryIn(path);
  memory.remember(initialState(1), { at: 1, intents: [] });
  const allow = refuseWrites(path);
  expect(memory.remember(initialState(2), { at: 2, intents: [] })).toBe(false);
  for (let round = 0; round < 5; round += 1) {
    memory.mend();
    expect(memory.fault).toBeDefined();
    memory.remember(initialState(3 + round), { at: 3 + round, intents: [] });
  }
  expect(said).toHaveLength(1);
  allow();
  memory.mend();
  expect(memory.fault).toBeUndefined();
  expect(said[1]).toContain("can be written again");
  memory.close();
});

test("a page and its incident are on the disk with the state that says they were told, or none of it is", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const { memory } = memoryIn(path);
  const records = keptRecords([INCIDENT, PAGE], 5, (store, { level }) => {
    store.alerts.add({ key: `7/${level}`, channel: "slack", body: {}, at: 5 });
  });
  expect(keptRecords([], 5, () => {})).toBeUndefined();
  const seen = () => {
    using store = openStore(path);
    return [store.incidents.list(9).length, store.alerts.list(9).length, store.watch.lastAt()];
  };
  memory.remember(initialState(1), { at: 1, intents: [] });
  const allow = refuseWrites(path);
  expect(memory.remember(initialState(5), { at: 5, intents: [], records })).toBe(false);
  expect(seen()).toEqual([0, 0, 1]);
  allow();
  memory.mend();
  expect(memory.remember(initialState(5), { at: 5, intents: [], records })).toBe(true);
  expect(seen()).toEqual([1, 1, 5]);
  memory.close();
});

test("a start that was measured has only the times of its service read", () => {
  using folder = tempFolder();
  const { memory } = memoryIn(folder.at("state.db"));
  const { readiness } = memory.store();
  const record = (service: string, ms: number) =>
    readiness.record({ service, image: "i", at: 1, ms, cause: "deploy" });
  for (const service of ["app", "database"]) record(service, 100);
  const usual = new UsualTimes(memory);
  usual.learn();
  for (const service of ["app", "database"]) for (let each = 0; each < 9; each += 1) record(service, 900);
  usual.learn("app");
  expect(usual.all()).toMatchObject({ app: { p50Ms: 900 }, database: { p50Ms: 100 } });
  memory.close();
});
