import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Ward, ward } from "../support/patients.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

let project: Ward;

beforeAll(async () => {
  project = await ward(
    { crashing: {}, never: {}, flapping: {}, blinking: {} },
    {
      watchdog: `spacing = "1s"
calm = "3s"
backoff = ["0s", "6s", "12s"]
deadline = { min = "3s", max = "3s", unknown = "3s" }`,
    },
  );
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const policy = (service: string) => project.inspect(service, "{{.HostConfig.RestartPolicy.Name}}");

test("a crash loop is ended before its fifth turn, its last words are kept, and a person's word starts it again", async () => {
  await using watching = await startWatching(project);
  await watching.phase("crashing", "ready");
  project.be("crashing", "crash");
  await project.signal("crashing", "SIGKILL");
  const open = await watching.phase("crashing", "open");
  expect(open.cause).toContain("ended alike");
  expect(open.nextTryAt).not.toBeNull();
  await waitFor("docker's loop has ended", async () => (await policy("crashing")) === "no");
  await waitFor(
    "it stands still",
    async () => (await project.inspect("crashing", "{{.State.Status}}")) === "exited",
  );
  const turns = Number(await project.inspect("crashing", "{{.RestartCount}}"));
  expect(turns).toBeLessThan(5);
  const [incident] = await project.incidents("crashing");
  expect(incident?.evidence?.logs).toContain("SHOP_KEY is not set");
  expect(incident?.evidence?.exitCode).toBe(3);
  expect(incident?.level).toBe("losing");

  project.be("crashing", "");
  await project.must("resume", "crashing");
  await watching.phase("crashing", "ready");
  await waitFor(
    "docker may restart it again",
    async () => (await policy("crashing")) === "unless-stopped",
    20_000,
  );
}, 120_000);

test("a start that is never ready has failed at its deadline; restarting it ends after the second that fails alike", async () => {
  await using watching = await startWatching(project);
  await watching.phase("never", "ready");
  project.be("never", "never");
  await project.signal("never", "SIGKILL");
  await watching.phase("never", "failed", "restarting");
  await watching.phase("never", "open");
  const phases = await project.phases("never");
  expect(phases).toContain("failed");
  expect(phases.filter((phase) => phase === "restarting").length).toBeLessThanOrEqual(2);
  const life = await project.life("never");
  await Bun.sleep(4_000);
  expect(await project.life("never")).toBe(life);
  const [incident] = await project.incidents("never");
  expect(incident?.level).toBe("losing");
}, 120_000);

test("one that comes and goes is one incident, and is restarted less and less often", async () => {
  await using watching = await startWatching(project);
  await watching.phase("flapping", "ready");
  const starts: number[] = [];
  let life = await project.life("flapping");
  project.be("flapping", "flap");
  while (starts.length < 3) {
    await waitFor("the next restart", async () => (await project.life("flapping")) !== life, 50_000);
    life = await project.life("flapping");
    starts.push(Date.parse(life.split(" ")[1] ?? ""));
  }
  project.be("flapping", "");
  const [first = 0, second = 0, third = 0] = starts;
  expect(second - first).toBeGreaterThan(4_000);
  expect(third - second).toBeGreaterThan(8_500);
  expect(await project.incidents("flapping")).toHaveLength(1);
}, 120_000);

test("one that is silent for a moment now and then is left alone", async () => {
  await using watching = await startWatching(project);
  await watching.phase("blinking", "ready");
  const life = await project.life("blinking");
  project.be("blinking", "blink");
  await watching.phase("blinking", "suspect");
  await watching.phase("blinking", "ready");
  await Bun.sleep(8_000);
  expect(await project.life("blinking")).toBe(life);
  expect(await project.incidents("blinking")).toHaveLength(0);
}, 60_000);
