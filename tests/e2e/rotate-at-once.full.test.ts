import { afterAll, beforeAll, expect, test } from "bun:test";
import { type RotatedApp, rotatedApp } from "../support/rotated-app.ts";
import { stoppedAgent } from "../support/stopped-agent.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

let project: RotatedApp;

beforeAll(async () => {
  project = await rotatedApp();
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

test("values that are put in during a rotation are refused, or wait, and neither is lost", async () => {
  await project.unnoticed(async () => {
    const [first = 0] = await project.versions();
    project.write("values.env", `OTHER=other_${first}_value\n`);
    await using agent = await stoppedAgent(project, "expand:before", "rotate-secrets", "TOKEN");
    expect((await project.agent("secrets", "import", "values.env")).code).toBe(5);
    const put = project.agent("secrets", "import", "values.env", "--wait", "2m");
    expect((await agent.goOn()).code).toBe(0);
    expect((await put).code).toBe(0);
    await project.must("deploy");
    const { stdout } = await project.must("secrets", "get", "OTHER", "--reveal");
    expect(stdout.trim()).toBe(`other_${first}_value`);
    await project.checkRotated(first);
    await project.checkSettled();
  });
}, 180_000);

/** A rotation that was cut off between its rollouts, before its commit or after it. */
async function interrupted(point: string): Promise<number> {
  const [first = 0] = await project.versions();
  await using agent = await stoppedAgent(project, point, "rotate-secrets", "TOKEN");
  await agent.kill();
  return first;
}

test("an interrupted rotation is taken back, or finished, by the deploy that comes next", async () => {
  await project.unnoticed(async () => {
    const first = await interrupted("commit:before");
    expect((await project.must("deploy")).stderr).toContain("was interrupted (verified)");
    expect((await project.versions())[0]).toBe(first);
    await project.checkSettled();
    const again = await interrupted("flip:before");
    expect((await project.must("deploy")).stderr).toContain("was interrupted (committed)");
    expect((await project.versions())[0]).toBeGreaterThan(again);
    await project.checkSettled();
  });
}, 180_000);

test("values that are put in after one was cut off find it settled", async () => {
  await project.unnoticed(async () => {
    const first = await interrupted("commit:before");
    project.write("values.env", `OTHER=another_${first}_value\n`);
    const { stderr } = await project.must("secrets", "import", "values.env");
    expect(stderr).toContain("was interrupted (verified)");
    expect((await project.versions())[0]).toBe(first);
    await project.must("deploy");
    await project.checkSettled();
  });
}, 180_000);

test("down says that one was cut off, and the deploy that brings all up settles it", async () => {
  const first = await interrupted("flip:before");
  expect((await project.must("down")).stderr).toContain("was interrupted (committed)");
  await project.must("deploy");
  await project.checkRotated(first);
  await project.checkSettled();
}, 180_000);

test("a watchdog settles at its start what was cut off", async () => {
  await project.unnoticed(async () => {
    const first = await interrupted("flip:before");
    await using watching = await startWatching(project);
    // It looks once a minute; whoever is asked may just be going.
    const issuing = () =>
      project.versions().then(
        ([newest = 0]) => newest,
        () => 0,
      );
    await waitFor("the new value issues", async () => (await issuing()) > first, 150_000);
    await watching.phase("app", "ready");
    await project.checkRotated(first);
    await project.checkSettled();
  });
}, 240_000);

async function freeze(instance: string): Promise<void> {
  const pid = Number(await project.inspect(instance.replace(/-1$/, ""), "{{.State.Pid}}"));
  process.kill(pid, "SIGSTOP");
}

const restartsIn = (said: string) => said.match(/restart of app-\w+ done/g)?.length ?? 0;

test("who serves freezes between two rollouts: the watchdog brings it back, and the rotation goes on", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const [first = 0] = await project.versions();
  await using agent = await stoppedAgent(project, "commit:before", "rotate-secrets", "TOKEN");
  const [serving = ""] = await project.instances();
  await freeze(serving);
  await waitFor("it is restarted", () => restartsIn(watching.said()) === 1, 60_000);
  const { code } = await agent.goOn();
  expect(code).toBe(0);
  await project.checkRotated(first);
  await watching.phase("app", "ready");
  await project.checkSettled();
}, 240_000);

test("who serves freezes during a rollout: the watchdog leaves it to the rotation, which replaces it", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const [first = 0] = await project.versions();
  const [serving = ""] = await project.instances();
  const rotating = project.agent("rotate-secrets", "TOKEN");
  await waitFor("the other colour starts", async () => (await project.instances()).length === 2, 60_000);
  await freeze(serving);
  expect((await rotating).code).toBe(0);
  await project.checkRotated(first);
  expect(restartsIn(watching.said())).toBe(0);
  await watching.phase("app", "ready");
  await project.checkSettled();
}, 240_000);

test("a rotation that is begun in the middle of a restart is refused, or waits; then it goes through", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const [first = 0] = await project.versions();
  const [serving = ""] = await project.instances();
  await freeze(serving);
  await waitFor("its restart has begun", () => /app-\w+: other-colour/.test(watching.said()), 60_000);
  const { code, stderr } = await project.agent("rotate-secrets", "TOKEN");
  if (code !== 0) expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("app: ") });
  expect(await project.versions().then(([issuing]) => issuing === first)).toBe(code !== 0);
  // The frozen one is still being removed for a while.
  const rotate = async () => (await project.agent("rotate-secrets", "TOKEN")).code === 0;
  await waitFor("the rotation goes through", async () => code === 0 || (await rotate()), 60_000);
  await project.checkRotated(first);
  await watching.phase("app", "ready");
  await project.checkSettled();
}, 240_000);
