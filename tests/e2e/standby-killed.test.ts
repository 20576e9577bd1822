import { expect, test } from "bun:test";
import { killedDeploy } from "../support/killed-deploy.ts";
import { startLoad } from "../support/load.ts";
import { writeStandbyApp } from "../support/standby-app.ts";
import { testProject, version } from "../support/test-project.ts";

test("killed before any call that changes something, the next deploy completes a stack with a standby, and nobody noticed", async () => {
  await using project = await testProject();
  writeStandbyApp(project, { VERSION: "0" });
  await project.must("deploy");
  writeStandbyApp(project, { VERSION: "1" });
  const calls = await killedDeploy(project, 0);
  expect(calls.filter((call) => call.includes("app.alone")).length).toBe(2);
  const load = startLoad(project.url, { perSecond: 50 });
  for (let at = 1; at <= calls.length; at += 1) {
    const next = `k${at}`;
    writeStandbyApp(project, { VERSION: next });
    await killedDeploy(project, at);
    await project.must("deploy", "--wait", "1m");
    expect(await version(project)).toBe(next);
    expect(await project.containers()).toEqual(["app-blue-1", "app-green-1", "ingress-1"]);
    const { code, stdout } = await project.agent("plan");
    expect({ at, code, stdout: code === 0 ? "" : stdout }).toEqual({ at, code: 0, stdout: "" });
  }
  expect((await load.stop()).failures).toEqual([]);
}, 900_000);
