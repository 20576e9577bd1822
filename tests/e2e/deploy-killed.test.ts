import { expect, test } from "bun:test";
import { killedDeploy } from "../support/killed-deploy.ts";
import { startLoad } from "../support/load.ts";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";

const RANDOM_KILLS = 20;

async function expectWhole(project: TestProject, served: string): Promise<void> {
  expect(await version(project)).toBe(served);
  const containers = await project.containers();
  expect(containers.length).toBe(2);
  const { code, stdout } = await project.agent("plan");
  expect({ code, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stdout: "" });
}

test("killed before any call that changes something, the stack serves all the while and the next deploy finishes", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "0" });
  await project.must("deploy");
  writeApp(project, { VERSION: "1" });
  const calls = await killedDeploy(project, 0);
  expect(calls.length).toBeGreaterThan(8);
  const load = startLoad(project.url, { perSecond: 50 });
  for (let at = 1; at <= calls.length; at += 1) {
    const next = `k${at}`;
    writeApp(project, { VERSION: next });
    await killedDeploy(project, at);
    await project.must("deploy", "--wait", "1m");
    await expectWhole(project, next);
  }
  expect((await load.stop()).failures).toEqual([]);
}, 600_000);

test("killed at random moments, the stack serves all the while and the next deploy finishes", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "0" });
  await project.must("deploy");
  const load = startLoad(project.url, { perSecond: 50 });
  for (let kill = 1; kill <= RANDOM_KILLS; kill += 1) {
    writeApp(project, { VERSION: `r${kill}` });
    const child = await project.start("deploy", "--wait", "1m");
    await Bun.sleep(Math.random() * 1_200);
    child.kill("SIGKILL");
    await child.exited;
  }
  await project.must("deploy", "--wait", "1m");
  await expectWhole(project, `r${RANDOM_KILLS}`);
  expect((await load.stop()).failures).toEqual([]);
}, 300_000);

test("after a kill the next deploy says what it found", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "0" });
  await project.must("deploy");
  writeApp(project, { VERSION: "1" });
  const calls = await killedDeploy(project, 0);
  writeApp(project, { VERSION: "2" });
  await killedDeploy(project, calls.findLastIndex((call) => call.startsWith("engine.stop")) + 1);
  const found = await project.must("deploy", "--wait", "1m");
  expect(found.stderr).toContain("found: deploy of");
  expect(found.stderr).toContain("left by an interrupted deploy");
});
