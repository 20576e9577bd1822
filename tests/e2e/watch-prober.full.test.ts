import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FaultyEngine, faultyEngine, startBehind } from "../support/faulty-engine.ts";
import { freeze } from "../support/frozen-episode.ts";
import { livesOf } from "../support/lives.ts";
import { docker } from "../support/sandbox.ts";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

/** Three good looks, then one that does not end. */
const CHECK = "echo x >>/tmp/looks; test $$(wc -l </tmp/looks) -le 3 || sleep 3600";
const HANGS = "docker's health check hangs";
/** A container of which nothing is told is looked at once a minute. */
const LOOKS_MS = 150_000;
const MINUTE = 60_000;

let project: TestProject;
let engine: FaultyEngine;

beforeAll(async () => {
  project = await testProject();
  const toml = `[alerts]\ncommand = ["sh", "-c", "cat >>${told()}"]\n`;
  const test = JSON.stringify(["CMD-SHELL", CHECK]);
  const more = `    healthcheck: { test: ${test}, interval: 1s, timeout: 1h, retries: 1 }\n`;
  writeApp(project, { VERSION: "1" }, { toml, more });
  await project.must("deploy");
  engine = await faultyEngine();
  // Docker 26 ends a check at its timeout, whatever it does: it is told a long one, and the watchdog a short one.
  engine.misquote('"Timeout":3600000000000', '"Timeout":1000000000   ');
}, 120_000);

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const told = () => join(project.folder, "told");
const times = (text: string, words: string) => text.split(words).length - 1;

test("a health check that hangs is told once; a service that answers is left alone for it, one that hangs is mended", async () => {
  await using watching = await startWatching({ ...project, start: startBehind(engine, project) });
  await watching.phase("app", "ready");
  const before = await livesOf(project.name);
  const container = `${project.name}-app-blue-1`;
  const looks = async () =>
    (await docker("exec", container, "sh", "-c", "cat /tmp/looks; true")).split("\n").length;
  await waitFor("the check hangs", async () => (await looks()) === 4, 20_000);
  await waitFor("that is told", () => existsSync(told()), LOOKS_MS);
  await Bun.sleep(1.1 * MINUTE);
  expect(times(readFileSync(told(), "utf8"), HANGS)).toBe(1);
  expect(times(watching.said(), `incident 1 of app: ${HANGS}`)).toBe(1);
  expect((await watching.state())?.services.app).toMatchObject({ phase: "ready", restarts15m: 0 });
  expect(await livesOf(project.name)).toEqual(before);
  expect(await looks()).toBe(4);

  await freeze(project);
  await waitFor("it is mended", () => watching.said().includes("restart of app-blue done"), 30_000);
  await watching.phase("app", "ready");
  expect(await version(project)).toBe("1");
}, 420_000);
