import { expect, test } from "bun:test";
import { addressOf } from "../support/ingress-address.ts";
import { startLoad } from "../support/load.ts";
import { signalApp, writeStandbyApp } from "../support/standby-app.ts";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";

const BOTH = ["app-blue-1", "app-green-1", "ingress-1"];

type Instances = { container: string; colour: string; role: string }[];

async function roles(project: TestProject): Promise<Record<string, string>> {
  const { services } = JSON.parse((await project.must("status", "--json")).stdout);
  const instances: Instances = services.find((each: { name: string }) => each.name === "app").instances;
  return Object.fromEntries(instances.map(({ colour, role }) => [colour, role]));
}

const versionOf = (project: TestProject, colour: string) =>
  project
    .inspect(`app-${colour}`, "{{range .Config.Env}}{{println .}}{{end}}")
    .then((env) => /^VERSION=(.*)$/m.exec(env)?.[1]);

test("turned on it starts beside the one that serves; each deploy changes both under load; turned off it goes", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  writeStandbyApp(project, { VERSION: "1" });
  const serving = await project.inspect("app-blue", "{{.Id}}");
  const plan = await project.agent("plan");
  expect(plan.code).toBe(10);
  expect(plan.stdout).toContain("a standby is wanted beside app-blue");
  await project.must("deploy");
  expect(await project.containers()).toEqual(BOTH);
  expect(await project.inspect("app-blue", "{{.Id}}")).toBe(serving);
  expect(await roles(project)).toEqual({ blue: "serving", green: "standby" });
  expect((await project.agent("plan")).code).toBe(0);

  const load = startLoad(project.url, { perSecond: 200 });
  for (const [next, now] of [
    ["2", "green"],
    ["3", "blue"],
  ] as const) {
    writeStandbyApp(project, { VERSION: next });
    await project.must("deploy");
    expect(await version(project)).toBe(next);
    expect(await Promise.all(["blue", "green"].map((colour) => versionOf(project, colour)))).toEqual([
      next,
      next,
    ]);
    expect((await roles(project))[now]).toBe("serving");
  }
  const seen = await load.stop();
  expect(seen.failures).toEqual([]);
  expect((await project.agent("plan")).code).toBe(0);

  writeApp(project, { VERSION: "3" });
  await project.must("deploy");
  expect(await project.containers()).toEqual(["app-blue-1", "ingress-1"]);
  expect(await version(project)).toBe("3");
}, 240_000);

test("a colour that serves and freezes loses no GET, nor does one that is killed", async () => {
  await using project = await testProject();
  writeStandbyApp(project, { VERSION: "1" });
  await project.must("deploy");
  expect(await project.containers()).toEqual(BOTH);
  for (const [signal, back] of [
    ["SIGSTOP", "SIGCONT"],
    ["SIGKILL", undefined],
  ] as const) {
    const load = startLoad(project.url, { perSecond: 200, methods: ["GET"] });
    await Bun.sleep(1_000);
    await signalApp(project, "blue", signal);
    await Bun.sleep(4_000);
    const { sent, failures, longestGapMs } = await load.stop();
    console.log(
      `${signal}: ${failures.length} of ${sent} GETs failed, longest gap ${Math.round(longestGapMs)} ms`,
    );
    expect(failures).toEqual([]);
    if (back !== undefined) await signalApp(project, "blue", back);
  }
}, 240_000);

test("where neither colour is ready, customers are led to the one that serves all the same", async () => {
  await using project = await testProject();
  writeStandbyApp(project, { VERSION: "1" });
  await project.must("deploy");
  for (const colour of ["blue", "green"])
    await fetch(`http://${await addressOf(project, `app-${colour}`)}:8080/unready`);
  await waitFor("the ingress knows it", async () => {
    const startedAt = performance.now();
    expect(await version(project)).toBe("1");
    return performance.now() - startedAt > 60;
  });
  const load = startLoad(project.url, { perSecond: 50 });
  await Bun.sleep(1_000);
  expect((await load.stop()).failures).toEqual([]);
});

test("five times the load of one copy makes both slow, and nobody is turned away", async () => {
  await using project = await testProject();
  writeStandbyApp(project, { VERSION: "1" }, { answerWithin: "30s" });
  await project.must("deploy");
  const load = startLoad(project.url, { perSecond: 250, headers: { "x-burn-ms": "20" }, maxMs: 2_000 });
  await Bun.sleep(2_000);
  expect((await load.stop()).failures).toEqual([]);
}, 120_000);

test("a version that never becomes ready leaves both as they were", async () => {
  await using project = await testProject();
  writeStandbyApp(project, { VERSION: "1" });
  await project.must("deploy");
  const load = startLoad(project.url, { perSecond: 100 });
  writeStandbyApp(project, { VERSION: "2", READY: "never" }, { within: "2s" });
  const failed = await project.agent("deploy", "--json");
  const seen = await load.stop();
  expect({ code: failed.code, stderr: failed.code === 3 ? "" : failed.stderr }).toEqual({
    code: 3,
    stderr: "",
  });
  expect(seen.failures).toEqual([]);
  expect(await project.containers()).toEqual(BOTH);
  expect(await Promise.all(["blue", "green"].map((colour) => versionOf(project, colour)))).toEqual([
    "1",
    "1",
  ]);
  expect(await roles(project)).toEqual({ blue: "serving", green: "standby" });
  await signalApp(project, "blue", "SIGSTOP");
  await waitFor("the standby answers", () => version(project).catch(() => undefined), 10_000);
  await signalApp(project, "blue", "SIGCONT");
}, 240_000);
