import { afterAll, beforeAll, expect, test } from "bun:test";
import { type RotatedApp, rotatedApp } from "../support/rotated-app.ts";
import { stoppedAgent } from "../support/stopped-agent.ts";

let project: RotatedApp;

beforeAll(async () => {
  project = await rotatedApp();
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

test("of two rotations at once the second is refused, and says who is at work; with --wait it comes next", async () => {
  await project.unnoticed(async () => {
    const [first] = await project.versions();
    await using agent = await stoppedAgent(project, "expand:after", "rotate-secrets", "TOKEN");
    const second = await project.agent("rotate-secrets", "TOKEN");
    expect(second).toMatchObject({ code: 5, stderr: expect.stringContaining(`process ${agent.pid}`) });
    const third = project.agent("rotate-secrets", "TOKEN", "--wait", "2m");
    expect((await agent.goOn()).code).toBe(0);
    expect(await third).toMatchObject({ code: 0, stderr: expect.stringContaining("waiting") });
    expect((await project.versions()).slice(0, 2)).toEqual([(first ?? 0) + 2, (first ?? 0) + 1]);
    await project.checkSettled();
  });
}, 180_000);

test("a deploy in the middle of a rotation is refused, or waits and gives what the rotation has come to", async () => {
  await project.unnoticed(async () => {
    const [first = 0] = await project.versions();
    await using agent = await stoppedAgent(project, "commit:before", "rotate-secrets", "TOKEN");
    project.edit("2");
    for (const argv of [["deploy"], ["down"], ["secrets", "import", "nothing.env"]])
      expect(await project.agent(...argv, "--yes")).toMatchObject({ code: 5 });
    const deploy = project.agent("deploy", "--wait", "2m");
    expect((await agent.goOn()).code).toBe(0);
    expect((await deploy).code).toBe(0);
    expect((await (await fetch(project.url)).json()) as object).toMatchObject({ version: "2" });
    await project.checkRotated(first);
    await project.checkSettled();
  });
}, 180_000);
