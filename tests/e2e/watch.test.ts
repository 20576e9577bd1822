import { afterAll, beforeAll, expect, test } from "bun:test";
import { livesOf } from "../support/lives.ts";
import { docker } from "../support/sandbox.ts";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

let project: TestProject;

beforeAll(async () => {
  project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

/** Every container of the app: "app-blue", "app-green". */
const instances = async () =>
  (await project.containers()).filter((name) => name.startsWith("app-")).map((name) => name.slice(0, -2));

const only = async () => {
  const [instance, ...others] = await instances();
  expect(others).toEqual([]);
  return instance ?? "none";
};

const pidOf = async (instance: string) => Number(await project.inspect(instance, "{{.State.Pid}}"));
const idOf = (instance: string) => project.inspect(instance, "{{.Id}}");
const stateOf = (instance: string) => project.inspect(instance, "{{.State.Status}}");

/** Whether customers get their answer, soon. */
const isServed = async () => {
  try {
    return (await fetch(project.url, { keepalive: false, signal: AbortSignal.timeout(500) })).ok;
  } catch {
    return false;
  }
};

test("a frozen app is served again by the other colour, and the incident says why", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const before = await only();
  process.kill(await pidOf(before), "SIGSTOP");
  const frozenAt = performance.now();
  await waitFor(
    "the other colour serves alone",
    async () => (await instances()).join() !== before && (await instances()).length === 1 && isServed(),
    20_000,
  );
  expect(performance.now() - frozenAt).toBeLessThan(10_000);
  await watching.phase("app", "ready");
  const { incidents } = JSON.parse((await project.must("incidents", "--json")).stdout);
  expect(incidents[0]).toMatchObject({ service: "app", remedy: "other-colour" });
  expect(watching.said()).not.toContain("it has no container");
}, 60_000);

test("a killed process is brought back by Docker once, and its start is measured", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const instance = await only();
  const id = await idOf(instance);
  process.kill(await pidOf(instance), "SIGKILL");
  await waitFor(
    "docker has started it again",
    async () => (await project.inspect(instance, "{{.RestartCount}}")) === "1",
  );
  await waitFor("its start is on record", () => watching.said().includes("cause=docker"));
  await watching.phase("app", "ready");
  expect(await idOf(instance)).toBe(id);
  expect(await project.inspect(instance, "{{.RestartCount}}")).toBe("1");
  expect(await isServed()).toBe(true);
}, 60_000);

test.each([
  ["stop", "start", "exited"],
  ["pause", "unpause", "paused"],
])(
  "what a person does with docker %s stays so, also through a restart of the agent",
  async (halt, go, state) => {
    const instance = await only();
    const id = await idOf(instance);
    {
      await using watching = await startWatching(project);
      await watching.phase("app", "ready");
      await docker(halt, "-t", "1", id).catch(() => docker(halt, id));
      await watching.phase("app", "held");
    }
    await using watching = await startWatching(project);
    await watching.phase("app", "held");
    // Longer than any silence that would be a hang.
    await Bun.sleep(5_000);
    expect(await stateOf(instance)).toBe(state);
    await docker(go, id);
    await watching.phase("app", "ready");
    expect(watching.said()).not.toContain("restart of");
  },
  60_000,
);

test("a deploy and the watchdog at once: the deploy's work is its own", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const before = await only();
  writeApp(project, { VERSION: "2", BOOT_MS: "3000" });
  const deploying = project.must("deploy");
  await waitFor("the deploy has begun", async () => (await instances()).length === 2, 30_000);
  process.kill(await pidOf(before), "SIGSTOP");
  await deploying;
  expect(await version(project)).toBe("2");
  await watching.phase("app", "ready");
  expect(await only()).not.toBe(before);
  expect(watching.said()).not.toContain("restart of");
}, 90_000);

test("paused by an operator, a frozen app is left alone; resumed, it is brought back", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  await project.must("pause", "app");
  await watching.phase("app", "held");
  const before = await livesOf(project.name);
  process.kill(await pidOf(await only()), "SIGSTOP");
  await Bun.sleep(6_000);
  expect(await livesOf(project.name)).toEqual(before);
  await project.must("resume", "app");
  await waitFor("it serves again", isServed, 30_000);
  expect(await livesOf(project.name)).not.toEqual(before);
}, 90_000);

test("an agent that is killed in the middle of a restart: the next one finishes or drops it, never does it twice", async () => {
  const first = await startWatching(project);
  await first.phase("app", "ready");
  const before = await only();
  process.kill(await pidOf(before), "SIGSTOP");
  await waitFor("the restart has begun", () => first.said().includes("other-colour"), 30_000);
  expect(await first.end("SIGKILL")).toBe(137);
  await using watching = await startWatching(project);
  await waitFor("it serves again", isServed, 30_000);
  await watching.phase("app", "ready");
  await waitFor("one colour is left", async () => (await instances()).length === 1, 30_000);
  const done = watching.said().match(/restart of app-\w+ done/g) ?? [];
  expect(done.length).toBeLessThanOrEqual(1);
}, 120_000);

test("a second watchdog is refused with who watches; SIGTERM ends the first within two seconds", async () => {
  await using watching = await startWatching(project);
  const { code, stderr } = await project.agent("watch");
  expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(String(watching.pid)) });
  const at = performance.now();
  expect(await watching.end()).toBe(0);
  expect(performance.now() - at).toBeLessThan(2_000);
}, 30_000);
