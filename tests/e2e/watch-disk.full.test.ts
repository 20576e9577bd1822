import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { freeze } from "../support/frozen-episode.ts";
import { type SmallDisk, smallDisk } from "../support/full-disk.ts";
import { recorded } from "../support/killed-watchdog.ts";
import { livesOf } from "../support/lives.ts";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching, type Watching } from "../support/watching.ts";

const DISK_BYTES = 24 << 20;
/** Longer than two of the rounds in which the watchdog tries again. */
const ROUNDS_MS = 22_000;
const NO_ROOM = "nothing is restarted until it can be written";

let project: TestProject;
let disk: SmallDisk;

beforeEach(async () => {
  project = await testProject();
  disk = await smallDisk(project.env.SOLOFLOW_STATE_DIR ?? "", DISK_BYTES);
  const alerts = `[alerts]\ncommand = ["sh", "-c", "cat >>${told()}; echo >>${told()}"]\n`;
  writeApp(project, { VERSION: "1" }, { toml: `[watchdog]\nspacing = "100ms"\n${alerts}` });
  await project.must("deploy");
}, 120_000);

afterEach(async () => {
  await disk?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const told = () => join(project.folder, "told");
const state = (...names: string[]) => join(project.env.SOLOFLOW_STATE_DIR ?? "", project.name, ...names);
const reserve = () => statSync(state("reserve"), { throwIfNoEntry: false })?.size ?? 0;
const isLaidUp = () => reserve() === 256 * 1024;
const times = (text: string, words: string) => text.split(words).length - 1;

async function watched(): Promise<Watching> {
  const watching = await startWatching(project);
  await watching.phase("app", "ready");
  await waitFor("the reserve is laid up", isLaidUp, 15_000);
  return watching;
}

/** Leaves SQLite no room that it has already: whatever is written next needs some of the disk's. */
function fillUp(): void {
  using database = new Database(state("state.db"));
  database.run("PRAGMA busy_timeout = 5000");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  expect(statSync(state("state.db-wal")).size).toBe(0);
  disk.fill();
}

async function isMended(watching: Watching): Promise<void> {
  await waitFor("it serves", async () => (await version(project).catch(() => "")) === "1", 40_000);
  await waitFor("its restart is done", () => watching.said().includes("restart of app-blue done"), 20_000);
  await waitFor("one is left", async () => (await project.containers()).length === 2, 20_000);
  await watching.phase("app", "ready");
}

test("a full disk: the room that was laid up takes the intent, and the frozen app serves again", async () => {
  await using watching = await watched();
  fillUp();
  await freeze(project);
  await isMended(watching);
  expect(reserve()).toBe(0);
  expect(watching.said()).not.toContain(NO_ROOM);
  expect(recorded(project, "app")).toMatchObject({ done: 1, counted: 1, unfinished: 0, leases: 0 });
  await waitFor("the disk is told", () => watching.said().includes("% of the disk are free"), 20_000);

  disk.free();
  await waitFor("room is laid up again", isLaidUp, 20_000);
}, 180_000);

test("a full disk without any room: nothing is restarted, which is told once, and made good when there is room", async () => {
  await using watching = await watched();
  const before = await livesOf(project.name);
  rmSync(state("reserve"));
  fillUp();
  // Whatever SQLite gives back is taken by the next log line of somebody else.
  const others = setInterval(() => disk.fill(), 20);
  try {
    await freeze(project);
    await watching.phase("app", "unhealthy");
    await Bun.sleep(ROUNDS_MS);
    expect(await livesOf(project.name)).toEqual(before);
    expect(times(watching.said(), NO_ROOM)).toBe(1);
    const now = await watching.state();
    expect(now?.fault).toContain("its disk is full");
    expect(now?.services.app).toMatchObject({ phase: "unhealthy", restarts15m: 0 });
    expect(alerts()).toEqual([
      "What: no answer within 1000 ms; not restarted: the agent's state cannot be written",
      "What: 0 % of the disk are free",
    ]);
    expect(times(watching.said(), "the digest cannot be made")).toBe(1);
  } finally {
    clearInterval(others);
  }

  disk.free();
  await isMended(watching);
  await waitFor("room is laid up again", isLaidUp, 20_000);
  expect((await watching.state())?.fault).toBeNull();
  expect((await watching.state())?.services.app?.restarts15m).toBe(1);
  expect(times(watching.said(), "can be written again")).toBe(1);
  expect(recorded(project, "app")).toMatchObject({ done: 1, counted: 1, incidents: 1 });
}, 180_000);

/** What was sent, in words. */
function alerts(): string[] {
  const sent = existsSync(told()) ? readFileSync(told(), "utf8") : "";
  return sent.split("\n").filter((line) => line.startsWith("What: "));
}
