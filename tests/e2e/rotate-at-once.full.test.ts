import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Load, startLoad } from "../support/load.ts";
import { docker } from "../support/sandbox.ts";
import { stoppedAgent } from "../support/stopped-agent.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

const TOML = `[secret.TOKEN]
kind = "generated"
for = ["app"]
[secret.OTHER]
kind = "external"
for = ["app"]
optional = true
[rotation]
soak = "1h"
[watchdog]
backoff = ["0s"]
spacing = "100ms"
`;

let project: TestProject;
let load: Load;

beforeAll(async () => {
  project = await testProject();
  write("1");
  await project.must("deploy");
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

/** Slow enough to start that others come into the middle of it. */
function write(version: string): void {
  writeApp(project, { VERSION: version, BOOT_MS: "1500" }, { toml: TOML, within: "30s" });
}

/** The secret as the serving app has it: "3:…,2:…". */
async function token(): Promise<string> {
  const ids = await docker("ps", "-q", "--filter", `label=com.docker.compose.project=${project.name}`);
  const names = await docker("inspect", "-f", "{{.Id}} {{.Name}}", ...ids.split("\n"));
  const [id = ""] =
    names
      .split("\n")
      .find((line) => line.includes("-app-"))
      ?.split(" ") ?? [];
  return docker("exec", id, "cat", "/run/secrets/TOKEN");
}

/** Numbers of the versions that the app has, the issuing one first. */
const versions = async () =>
  (await token()).split(",").map((each) => (/^\d+:/.test(each) ? Number.parseInt(each, 10) : 1));

async function unnoticed(act: () => Promise<void>): Promise<void> {
  load = startLoad(project.url, { perSecond: 50 });
  try {
    await act();
  } finally {
    const { failures, sent } = await load.stop();
    expect({ failures, sent: sent > 0 }).toEqual({ failures: [], sent: true });
  }
}

/** A newer value issues, and that one is accepted. Numbers of values that were taken back do not come again. */
async function checkRotated(first: number): Promise<void> {
  const [issuing = 0, ...accepted] = await versions();
  expect([issuing > first, accepted.includes(first)]).toEqual([true, true]);
}

/** Nothing is under way, nothing is to be done, one container serves. */
async function checkSettled(): Promise<void> {
  expect((await project.agent("plan")).stdout).toContain("nothing to do");
  expect((await project.containers()).filter((name) => name.startsWith("app-"))).toHaveLength(1);
}

test("of two rotations at once the second is refused, and says who is at work; with --wait it comes next", async () => {
  await unnoticed(async () => {
    const [first] = await versions();
    await using agent = await stoppedAgent(project, "expand:after", "rotate-secrets", "TOKEN");
    const second = await project.agent("rotate-secrets", "TOKEN");
    expect(second).toMatchObject({ code: 5, stderr: expect.stringContaining(`process ${agent.pid}`) });
    const third = project.agent("rotate-secrets", "TOKEN", "--wait", "2m");
    expect((await agent.goOn()).code).toBe(0);
    expect(await third).toMatchObject({ code: 0, stderr: expect.stringContaining("waiting") });
    expect((await versions()).slice(0, 2)).toEqual([(first ?? 0) + 2, (first ?? 0) + 1]);
    await checkSettled();
  });
}, 180_000);

test("a deploy in the middle of a rotation is refused, or waits and gives what the rotation has come to", async () => {
  await unnoticed(async () => {
    const [first = 0] = await versions();
    await using agent = await stoppedAgent(project, "commit:before", "rotate-secrets", "TOKEN");
    write("2");
    for (const argv of [["deploy"], ["down"], ["secrets", "import", "nothing.env"]])
      expect(await project.agent(...argv, "--yes")).toMatchObject({ code: 5 });
    const deploy = project.agent("deploy", "--wait", "2m");
    expect((await agent.goOn()).code).toBe(0);
    expect((await deploy).code).toBe(0);
    expect((await (await fetch(project.url)).json()) as object).toMatchObject({ version: "2" });
    await checkRotated(first);
    await checkSettled();
  });
}, 180_000);

test("values that are put in during a rotation are refused, or wait, and neither is lost", async () => {
  await unnoticed(async () => {
    const [first = 0] = await versions();
    project.write("values.env", `OTHER=other_${first}_value\n`);
    await using agent = await stoppedAgent(project, "expand:before", "rotate-secrets", "TOKEN");
    expect((await project.agent("secrets", "import", "values.env")).code).toBe(5);
    const put = project.agent("secrets", "import", "values.env", "--wait", "2m");
    expect((await agent.goOn()).code).toBe(0);
    expect((await put).code).toBe(0);
    await project.must("deploy");
    const { stdout } = await project.must("secrets", "get", "OTHER", "--reveal");
    expect(stdout.trim()).toBe(`other_${first}_value`);
    await checkRotated(first);
    await checkSettled();
  });
}, 180_000);

/** A rotation that was cut off between its rollouts, before its commit or after it. */
async function interrupted(point: string): Promise<number> {
  const [first = 0] = await versions();
  await using agent = await stoppedAgent(project, point, "rotate-secrets", "TOKEN");
  await agent.kill();
  return first;
}

test("an interrupted rotation is taken back, or finished, by the deploy that comes next", async () => {
  await unnoticed(async () => {
    const first = await interrupted("commit:before");
    expect((await project.must("deploy")).stderr).toContain("was interrupted (verified)");
    expect((await versions())[0]).toBe(first);
    await checkSettled();
    const again = await interrupted("flip:before");
    expect((await project.must("deploy")).stderr).toContain("was interrupted (committed)");
    expect((await versions())[0]).toBeGreaterThan(again);
    await checkSettled();
  });
}, 180_000);

test("values that are put in after one was cut off find it settled", async () => {
  await unnoticed(async () => {
    const first = await interrupted("commit:before");
    project.write("values.env", `OTHER=another_${first}_value\n`);
    const { stderr } = await project.must("secrets", "import", "values.env");
    expect(stderr).toContain("was interrupted (verified)");
    expect((await versions())[0]).toBe(first);
    await project.must("deploy");
    await checkSettled();
  });
}, 180_000);

test("down says that one was cut off, and the deploy that brings all up settles it", async () => {
  const first = await interrupted("flip:before");
  expect((await project.must("down")).stderr).toContain("was interrupted (committed)");
  await project.must("deploy");
  await checkRotated(first);
  await checkSettled();
}, 180_000);

test("a watchdog settles at its start what was cut off", async () => {
  await unnoticed(async () => {
    const first = await interrupted("flip:before");
    await using watching = await startWatching(project);
    // It looks once a minute.
    await waitFor("the new value issues", async () => ((await versions())[0] ?? 0) > first, 150_000);
    await watching.phase("app", "ready");
    await checkRotated(first);
    await checkSettled();
  });
}, 240_000);

async function instances(): Promise<string[]> {
  return (await project.containers()).filter((name) => name.startsWith("app-"));
}

async function freeze(instance: string): Promise<void> {
  const pid = Number(await project.inspect(instance.replace(/-1$/, ""), "{{.State.Pid}}"));
  process.kill(pid, "SIGSTOP");
}

const restartsIn = (said: string) => said.match(/restart of app-\w+ done/g)?.length ?? 0;

test("who serves freezes between two rollouts: the watchdog brings it back, and the rotation goes on", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const [first = 0] = await versions();
  await using agent = await stoppedAgent(project, "commit:before", "rotate-secrets", "TOKEN");
  const [serving = ""] = await instances();
  await freeze(serving);
  await waitFor("it is restarted", () => restartsIn(watching.said()) === 1, 60_000);
  const { code } = await agent.goOn();
  expect(code).toBe(0);
  await checkRotated(first);
  await watching.phase("app", "ready");
  await checkSettled();
}, 240_000);

test("who serves freezes during a rollout: the watchdog leaves it to the rotation, which replaces it", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const [first = 0] = await versions();
  const [serving = ""] = await instances();
  const rotating = project.agent("rotate-secrets", "TOKEN");
  await waitFor("the other colour starts", async () => (await instances()).length === 2, 60_000);
  await freeze(serving);
  expect((await rotating).code).toBe(0);
  await checkRotated(first);
  expect(restartsIn(watching.said())).toBe(0);
  await watching.phase("app", "ready");
  await checkSettled();
}, 240_000);

test("a rotation that is begun in the middle of a restart is refused, or waits; then it goes through", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const [first = 0] = await versions();
  const [serving = ""] = await instances();
  await freeze(serving);
  await waitFor("its restart has begun", () => /app-\w+: other-colour/.test(watching.said()), 60_000);
  const { code, stderr } = await project.agent("rotate-secrets", "TOKEN");
  if (code !== 0) expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("app: ") });
  expect(await versions().then(([issuing]) => issuing === first)).toBe(code !== 0);
  // The frozen one is still being removed for a while.
  const rotate = async () => (await project.agent("rotate-secrets", "TOKEN")).code === 0;
  await waitFor("the rotation goes through", async () => code === 0 || (await rotate()), 60_000);
  await checkRotated(first);
  await watching.phase("app", "ready");
  await checkSettled();
}, 240_000);
