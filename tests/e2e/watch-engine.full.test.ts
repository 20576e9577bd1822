import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { containerIds } from "../support/container-ids.ts";
import { eventStorm } from "../support/event-storm.ts";
import { type FaultyEngine, faultyEngine, startBehind } from "../support/faulty-engine.ts";
import { freeze } from "../support/frozen-episode.ts";
import { livesOf } from "../support/lives.ts";
import { docker } from "../support/sandbox.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching, type Watching } from "../support/watching.ts";

/** How long an engine that is back is only watched; a minute where nothing else is said. */
const SETTLE_MS = 6_000;
const STORM_MS = 10_000;
/** What a collector of garbage may hold for a while. */
const SLACK_KIB = 30_000;

let project: TestProject;
let engine: FaultyEngine;

beforeAll(async () => {
  project = await testProject();
  writeApp(
    project,
    { VERSION: "1" },
    { toml: `[watchdog]\nsettle = "${SETTLE_MS}ms"\nbackoff = ["0s"]\nspacing = "100ms"\n` },
  );
  await project.must("deploy");
  engine = await faultyEngine();
}, 300_000);

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
}, 60_000);

/** A watchdog whose engine is the faulty one. */
async function watching(): Promise<Watching> {
  const made = await startWatching({ ...project, start: startBehind(engine, project) });
  await made.phase("app", "ready");
  return made;
}

/** The app's and the ingress's. */
const isAlone = async () => (await project.containers()).length === 2;

const intents = (watch: Watching) => (watch.said().match(/restart of app-\w+ done/g) ?? []).length;

/** A real hang is still found and mended. */
async function mends(watch: Watching, withinMs: number): Promise<void> {
  const before = intents(watch);
  await freeze(project);
  await waitFor(`the app is mended; it said:\n${watch.said()}`, () => intents(watch) > before, withinMs);
  await watch.phase("app", "ready");
  await waitFor("one container is left", isAlone, 20_000);
}

afterEach(() => {
  engine.thaw();
  engine.swallowEvents(false);
});

test.each([
  ["hangs", () => engine.freeze(), async () => engine.thaw()],
  ["has lost its socket", () => engine.remove(), () => engine.restore()],
])(
  "an engine that %s: nothing is restarted until it is back and has been watched; then a real hang is mended",
  async (_name, fail, mend) => {
    await using watch = await watching();
    const before = await livesOf(project.name);
    fail();
    await watch.phase("app", "engine-down");
    await freeze(project);
    await Bun.sleep(6_000);
    expect(await livesOf(project.name)).toEqual(before);
    await mend();
    const backAt = performance.now();
    await waitFor(
      "it is seen to be back",
      async () => (await watch.state())?.services.app?.phase !== "engine-down",
      15_000,
    );
    await Bun.sleep(SETTLE_MS - 2_500);
    expect(await livesOf(project.name)).toEqual(before);
    await waitFor("the hang is mended", () => intents(watch) === 1, 40_000);
    expect(performance.now() - backAt).toBeGreaterThan(SETTLE_MS - 500);
    await watch.phase("app", "ready");
    await waitFor("one container is left", isAlone, 20_000);
  },
  120_000,
);

test("events whose stream is cut, again and again, are asked for anew; a hang meanwhile is mended", async () => {
  await using watch = await watching();
  for (let cuts = 0; cuts < 5; cuts += 1) {
    const before = engine.streams;
    engine.cutEvents();
    await waitFor("a new stream", () => engine.streams > before, 10_000);
  }
  await mends(watch, 30_000);
}, 60_000);

test("events that never come: the next comparison finds what they should have told, and asks for others", async () => {
  await using watch = await watching();
  const [app = ""] = await containerIds(project.name, "name=app-");
  engine.swallowEvents(true);
  const before = engine.streams;
  await docker("pause", app);
  await watch.phase("app", "held");
  await waitFor("another stream", () => engine.streams > before, 15_000);
  engine.swallowEvents(false);
  await docker("unpause", app);
  await watch.phase("app", "ready");
  await mends(watch, 30_000);
}, 90_000);

test("ten thousand events a minute: nothing is restarted for them, no memory is kept of them, and a hang is mended as ever", async () => {
  await using watch = await watching();
  const before = await livesOf(project.name);
  const known = await containerIds(project.name);
  const storm = (ms: number) =>
    eventStorm(engine, { project: project.name, known, signal: AbortSignal.timeout(ms) });
  await storm(STORM_MS / 3);
  const memory = rssKiB(watch.pid);
  await storm(STORM_MS);
  expect(rssKiB(watch.pid) - memory).toBeLessThan(SLACK_KIB);
  expect(await livesOf(project.name)).toEqual(before);
  const storming = storm(STORM_MS);
  await mends(watch, 20_000);
  await storming;
}, 120_000);

function rssKiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
