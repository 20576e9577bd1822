import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../agent/host/store/open-store.ts";
import { freeze } from "../support/frozen-episode.ts";
import { livesOf } from "../support/lives.ts";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

let project: TestProject;

beforeEach(async () => {
  project = await testProject();
  writeApp(project, { VERSION: "1" }, { toml: '[watchdog]\nbackoff = ["0s"]\nspacing = "100ms"\n' });
  await project.must("deploy");
}, 120_000);

afterEach(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const state = (...names: string[]) => join(project.env.SOLOFLOW_STATE_DIR ?? "", project.name, ...names);
const serves = () =>
  waitFor("it serves again", async () => (await version(project).catch(() => "")) === "1", 40_000);

test.each([
  ["deleted", () => rmSync(state("state.db"))],
  [
    "deleted with all that is beside it",
    () => ["", "-wal", "-shm"].map((end) => rmSync(state(`state.db${end}`), { force: true })),
  ],
  ["cut in its log", () => truncateSync(state("state.db-wal"), 100)],
])(
  "a state that is %s under a watchdog: it goes on, and mends the next hang",
  async (_name, tear) => {
    await using watching = await startWatching(project);
    await watching.phase("app", "ready");
    tear();
    await Bun.sleep(11_000);
    expect(watching.said()).not.toContain("unexpected");
    await freeze(project);
    await serves();
    await watching.phase("app", "ready");
    using store = openStore(state("state.db"));
    await waitFor("its restart is on record", () => store.watch.intents(10).length > 0);
  },
  90_000,
);

test("a state that is nothing but garbage: nothing is restarted, it is said, and what is seen is still told", async () => {
  const before = await livesOf(project.name);
  for (const end of ["", "-wal", "-shm"]) rmSync(state(`state.db${end}`), { force: true });
  writeFileSync(state("state.db"), Buffer.alloc(100_000, "garbage "));
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  await freeze(project);
  await watching.phase("app", "unhealthy");
  await Bun.sleep(5_000);
  expect(await livesOf(project.name)).toEqual(before);
  expect(watching.said()).toContain("nothing is restarted until");
}, 90_000);
