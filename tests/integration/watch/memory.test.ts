import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { WatchAction } from "../../../agent/plan/watchdog/model.ts";
import { policyOf } from "../../../agent/plan/watchdog/policy-of.ts";
import { NO_SETTINGS } from "../../../agent/plan/watchdog/settings.ts";
import { initialState } from "../../../agent/plan/watchdog/state.ts";
import { Brain } from "../../../agent/run/watch/brain.ts";
import { Memory } from "../../../agent/run/watch/memory.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const RESTART = {
  ...{ type: "restart", id: 1, service: "app", instance: "app-blue", container: "c", startedAt: 5 },
  ...{ incident: 1, cause: "no answer" },
} as const satisfies WatchAction;

function memoryIn(path: string): { memory: Memory; said: string[] } {
  const said: string[] = [];
  return { memory: new Memory(path, (line) => said.push(line)), said };
}

test("what is decided is on the disk, with its intent, before it is done", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const { memory } = memoryIn(path);
  const state = initialState(1_000);
  expect(memory.remember(state, { at: 1_000, intents: [RESTART] })).toBe(true);
  using store = openStore(path);
  expect(store.watch.unfinished()).toMatchObject([{ id: 1, service: "app", detail: RESTART }]);
  memory.close();
});

test("a state that was deleted is written again from memory, and it is said", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  const { memory, said } = memoryIn(path);
  const state = initialState(1_000);
  memory.remember(state, { at: 1_000, intents: [] });
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  memory.mend();
  expect(memory.remember(state, { at: 1_000, intents: [] })).toBe(true);
  expect(said.join()).toContain("written again from memory");
  const again = memoryIn(path).memory;
  expect(again.recall(2_000).state.durable).toEqual(state.durable);
  memory.close();
  again.close();
});

test("a damaged state takes the watchdog its hands: nothing is remembered, so nothing may be done; it is said once", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  writeFileSync(path, "no database".repeat(1_000));
  const { memory, said } = memoryIn(path);
  expect(memory.recall(1_000).state).toEqual(initialState(1_000));
  expect(memory.remember(initialState(1_000), { at: 1_000, intents: [RESTART] })).toBe(false);
  memory.mend();
  expect(said).toEqual([expect.stringContaining("nothing is restarted")]);
  // Moved out of the way, as the hint says.
  rmSync(path);
  memory.mend();
  expect(memory.remember(initialState(1_000), { at: 1_000, intents: [] })).toBe(true);
  expect(memory.fault).toBeUndefined();
  memory.close();
});

test("a stored state that is not understood is not written over", () => {
  using folder = tempFolder();
  const path = folder.at("state.db");
  {
    using store = openStore(path);
    store.watch.write({ version: 99 }, { at: 1 });
  }
  const { memory, said } = memoryIn(path);
  expect(memory.recall(1_000).state).toEqual(initialState(1_000));
  expect(memory.remember(initialState(2_000), { at: 2_000, intents: [] })).toBe(false);
  expect(said).toHaveLength(1);
  memory.close();
  using store = openStore(path);
  expect(store.watch.read()).toEqual({ version: 99 });
});

test("of lists that wait for their turn only the last one counts; nothing is decided while something is", () => {
  const policy = policyOf(NO_SETTINGS, [], {});
  const decided: string[] = [];
  let depth = 0;
  const brain: Brain = new Brain({
    ...{ policy, state: initialState(0), steady: { at: () => 1 }, random: () => 0 },
    memory: { remember: () => true },
    perform: () => {},
    decided: (happening) => {
      depth += 1;
      expect(depth).toBe(1);
      decided.push(happening.type);
      if (decided.length === 1) {
        for (let each = 0; each < 3; each += 1) brain.post({ type: "observed", containers: [], holds: [] });
        brain.post({ type: "tick" });
      }
      depth -= 1;
    },
  });
  brain.post({ type: "tick" });
  expect(decided).toEqual(["tick", "observed", "tick"]);
});
