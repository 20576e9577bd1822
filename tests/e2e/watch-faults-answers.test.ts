import { afterAll, beforeAll, expect, test } from "bun:test";
import { startLoad } from "../support/load.ts";
import { type Ward, ward } from "../support/patients.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

let project: Ward;

const HANGS = { test: ["CMD", "sleep", "60"], interval: "1s", timeout: "1s", retries: 2, start_period: "0s" };

beforeAll(async () => {
  project = await ward(
    {
      refusing: {},
      slow: {},
      checked: { compose: { healthcheck: HANGS } },
      reported: {
        toml: 'ready = { http = ":8080/health" }\nlive = { http = ":8080/health" }\nwatch = "report"',
      },
    },
    { watchdog: 'spacing = "1s"' },
  );
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

/** Waits for the incident of a service, and for a person to be told of it. */
const incident = async (service: string) => {
  const [found] = await waitFor(
    `an incident of ${service}`,
    async () => {
      const all = await project.incidents(service);
      return all[0] !== undefined && all[0].level !== "healed" && all;
    },
    40_000,
  );
  return found;
};

test("a refusal is a fault of configuration: a person is told, nothing is restarted", async () => {
  await using watching = await startWatching(project);
  await watching.phase("refusing", "ready");
  const life = await project.life("refusing");
  project.be("refusing", "refuse");
  expect(await incident("refusing")).toMatchObject({ level: "needs-you", remedy: null });
  expect((await watching.state())?.services.refusing?.phase).toBe("ready");
  await Bun.sleep(3_000);
  expect(await project.life("refusing")).toBe(life);
}, 60_000);

test("answers that take 1.5 to 3 s under load are slow, not silent: a person is told, nothing is restarted", async () => {
  await using watching = await startWatching(project);
  await watching.phase("slow", "ready");
  const life = await project.life("slow");
  const address = await project.inspect("slow", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
  const load = startLoad(`http://${address}:8080/health`, { perSecond: 20, maxMs: 14_000 });
  for (const ms of [1_500, 3_000, 2_000]) {
    project.be("slow", `slow ${ms}`);
    await Bun.sleep(4_000);
  }
  expect(await incident("slow")).toMatchObject({ level: "needs-you", remedy: null });
  await watching.phase("slow", "slow");
  expect((await load.stop()).failures).toEqual([]);
  project.be("slow", "");
  await watching.phase("slow", "ready");
  expect(await project.life("slow")).toBe(life);
}, 90_000);

test("a health check of docker's that never ends does not count while the service answers", async () => {
  await using watching = await startWatching(project);
  await watching.phase("checked", "ready");
  const life = await project.life("checked");
  await waitFor(
    "docker says unhealthy",
    async () => (await project.inspect("checked", "{{.State.Health.Status}}")) === "unhealthy",
    30_000,
  );
  await Bun.sleep(4_000);
  expect((await watching.state())?.services.checked?.phase).toBe("ready");
  expect(await project.life("checked")).toBe(life);
  expect(await project.incidents("checked")).toEqual([]);
}, 60_000);

test("what is only reported on is not touched: what would have been done is written down, and told once", async () => {
  await using watching = await startWatching(project);
  await watching.phase("reported", "ready");
  const life = await project.life("reported");
  project.be("reported", "hang");
  await watching.phase("reported", "unhealthy");
  const found = await incident("reported");
  expect(found).toMatchObject({ report: true, remedy: null });
  await waitFor("it is said", () => watching.said().includes("reported would be restarted"));
  await Bun.sleep(3_000);
  expect(await project.life("reported")).toBe(life);
  expect(watching.said().match(/reported would be restarted/g)).toHaveLength(1);
  project.be("reported", "");
  await watching.phase("reported", "ready");
}, 60_000);
