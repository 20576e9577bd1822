import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { cliWorld } from "./cli-world.ts";

const AT = Date.UTC(2026, 0, 1);

/** A project whose `app` started with each of these times, oldest first, under "old" and then under "new". */
function measured(old: readonly number[], recent: readonly number[] = []) {
  const world = cliWorld({}, { deployed: {} });
  const folder = world.host.folder.at("state/sft-line");
  mkdirSync(folder, { recursive: true });
  using store = openStore(`${folder}/state.db`);
  const record = (image: string, times: readonly number[]) => {
    const release = store.releases.start({ at: AT, cause: "deploy" });
    const services = { app: { image, digest: undefined, spec: "h", action: "switch" } };
    store.releases.finish(release, { at: AT, result: "deployed", services });
    for (const ms of times)
      store.readiness.record({ service: "app", image, at: AT + ms, ms, cause: "deploy" });
  };
  record("sha256:old", old);
  if (recent.length > 0) record("sha256:new", recent);
  return world;
}

test("timings says the usual times, where they go, and which release made them worse", async () => {
  using world = measured([600, 610, 620, 600, 590, 600], [1_100, 1_080, 1_120, 1_090, 1_100]);
  const { stdout } = await world.run(["timings"]);
  expect(stdout).toMatchInlineSnapshot(`
    "SERVICE  HALF WITHIN  95 % WITHIN  LAST   TREND          STARTS  START_PERIOD
    app      620 ms       1.1 s        1.1 s  slower × 1.83  11      5s
    app: 1.83 × slower since release r2 (1.1 s, was 600 ms)
    START_PERIOD: for the health check in the compose file, 3 × what 95 % of the starts took
    "
  `);
});

test("timings draws the last starts on a terminal only, and uses no colour where none is wanted", async () => {
  using world = measured([100, 400, 800]);
  const [plain, terminal] = [await world.run(["timings"]), await world.run(["timings"], { stdout: true })];
  expect(plain.stdout).not.toMatch(/[▁-█]/u);
  expect(terminal.stdout).toContain("▁▄█");
  const bare = await world.run(["timings"], { stdout: true, env: { NO_COLOR: "1" } });
  expect(bare.stdout).toContain("▁▄█");
  expect(bare.stdout).not.toContain("\u001b");
});

test("timings --json keeps its fields, and adds trend, regression and start period", async () => {
  using world = measured([600, 610, 620, 600, 590, 600], [1_100, 1_080, 1_120, 1_090, 1_100]);
  const { services } = JSON.parse((await world.run(["timings", "--json"])).stdout);
  expect(services[0]).toMatchObject({
    ...{ name: "app", count: 11, p50Ms: 620, p95Ms: 1_120, lastMs: 1_100, startPeriodMs: 5_000 },
    trend: { word: "slower", factor: 1.83 },
    regression: { digest: "sha256:new", release: "r2", factor: 1.83, beforeMs: 600, nowMs: 1_100 },
  });
  expect(services[0].samples).toHaveLength(11);
  expect(services[0].samples[0]).toEqual({
    ...{ at: new Date(AT + 1_100).toISOString(), ms: 1_100, cause: "deploy", digest: "sha256:new" },
  });
});

test("one start alone makes neither a trend nor a proposal", async () => {
  using world = measured([600]);
  const { services } = JSON.parse((await world.run(["timings", "--json"])).stdout);
  expect(services[0]).toMatchObject({ trend: null, regression: null, startPeriodMs: null });
});
