import { afterAll, beforeAll, expect, test } from "bun:test";
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

/** The colour that serves, by the container that is there. */
const serving = async () =>
  (await project.containers()).filter((name) => name.startsWith("app-")).map((name) => name.split("-")[1]);

const pidOf = async (instance: string) => Number(await project.inspect(instance, "{{.State.Pid}}"));

test("a frozen app is served again by the other colour, and the incident says why", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const [before] = await serving();
  process.kill(await pidOf(`app-${before}`), "SIGSTOP");
  const frozenAt = performance.now();
  await waitFor(
    "the other colour serves",
    async () => (await serving()).join() === (before === "blue" ? "green" : "blue"),
    20_000,
  );
  const tookMs = performance.now() - frozenAt;
  expect(await version(project)).toBe("1");
  expect(tookMs).toBeLessThan(10_000);
  await watching.phase("app", "ready");
  expect(watching.said()).toContain("other-colour");
}, 60_000);
