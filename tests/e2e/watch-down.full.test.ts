import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ward, ward } from "../support/patients.ts";
import { docker } from "../support/test-container.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

/** Longer than a whole round of comparing, and than any silence that is a hang. */
const A_ROUND_MS = 13_000;
const WATCHED = 'ready = { http = ":8080/health" }\nlive = { http = ":8080/health" }\n';

let project: Ward;

beforeAll(async () => {
  // What would be told is written into the project's folder.
  project = await ward({ app: {} }, { watchdog: `${QUICK}[alerts]\ncommand = ["sh", "-c", "cat >> told"]` });
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const QUICK = 'backoff = ["0s"]\nspacing = "100ms"\n';

function write(app: string, watchdog = QUICK): void {
  const alerts = '[alerts]\ncommand = ["sh", "-c", "cat >> told"]\n';
  project.write(
    "soloflow.toml",
    `project = "${project.name}"\n[service.witness]\n${WATCHED}[service.app]\n${app}[watchdog]\n${watchdog}${alerts}`,
  );
}

const told = () => {
  try {
    return readFileSync(join(project.folder, "told"), "utf8");
  } catch {
    return "";
  }
};

test("down under a watchdog stays down, and nobody is told; deployed again it is watched again", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  await project.must("down");
  await Bun.sleep(A_ROUND_MS);
  expect(await project.containers()).toEqual([]);
  expect(await project.incidents("app")).toEqual([]);
  expect(told()).toBe("");
  expect(watching.said()).not.toContain("restart of");
  await project.must("deploy");
  await watching.phase("app", "ready");
  await watching.phase("witness", "ready");
  const before = await project.life("app");
  await project.signal("app", "SIGSTOP");
  await waitFor("it was restarted", async () => ![before, ""].includes(await project.life("app")), 30_000);
  await watching.phase("app", "ready");
  expect(told()).toBe("");
}, 120_000);

test("down in the middle of a hang: what was to be restarted stays down", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  await project.signal("app", "SIGSTOP");
  await watching.phase("app", "suspect", "unhealthy", "restarting");
  await project.must("down");
  await Bun.sleep(A_ROUND_MS);
  expect(await project.containers()).toEqual([]);
  await project.must("deploy");
  await watching.phase("app", "ready");
  const open = async () => (await project.incidents("app")).filter(({ closedAt }) => closedAt === null);
  await waitFor("no incident is left open", async () => (await open()).length === 0, 60_000);
}, 180_000);

test("what a deploy changes of the settings holds at once for a watchdog that runs", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  write(
    `${WATCHED}watch = "report"\n`,
    `${QUICK}every = "250ms"\nsuspect_every = "100ms"\ntimeout = "200ms"\n`,
  );
  expect(JSON.parse((await project.must("deploy", "--json")).stdout).result).toBe("unchanged");
  const before = await project.life("app");
  await waitFor("it is asked more often", async () => (await asked(watching)) >= 3, 20_000);
  const at = performance.now();
  await project.signal("app", "SIGSTOP");
  await watching.phase("app", "unhealthy");
  expect(performance.now() - at).toBeLessThan(5_000);
  const reported = async () => (await project.incidents("app"))[0];
  await waitFor("what would have been done is on record", async () => (await reported())?.report, 20_000);
  expect(await project.life("app")).toBe(before);
  write(WATCHED);
  await project.must("deploy");
  await waitFor("it is restarted after all", async () => (await project.life("app")) !== before, 30_000);
  await watching.phase("app", "ready");
}, 120_000);

test("a live path that answers with a 404 is named by the deploy, one that answers well is not", async () => {
  write('ready = { tcp = ":8080" }\nlive = { http = ":8080/health" }\n');
  const warnings = async () => (await project.must("deploy")).stderr.match(/^warning: .*$/gm);
  expect(await warnings()).toBeNull();
  project.be("app", "refuse");
  write('ready = { tcp = ":8080" }\nlive = { http = ":8080/health?deep" }\n');
  expect(await warnings()).toEqual([expect.stringMatching(/soloflow\.toml:7: app .*status 404/)]);
  expect(await warnings()).toBeNull();
  project.be("app", "");
  write(WATCHED);
  expect(await warnings()).toBeNull();
}, 60_000);

test("a service that a deploy adds is watched, one that it takes away is forgotten", async () => {
  await using watching = await startWatching(project);
  const compose = JSON.parse(readFileSync(join(project.folder, "compose.yaml"), "utf8"));
  const added = { ...compose, services: { ...compose.services, added: compose.services.witness } };
  project.write("compose.yaml", JSON.stringify(added));
  await project.must("deploy");
  await watching.phase("added", "ready");
  project.write("compose.yaml", JSON.stringify(compose));
  await project.must("deploy");
  // Its container stays until a person removes it; until the next deploy it is somebody's service.
  await docker("rm", "-f", await project.inspect("added", "{{.Id}}"));
  await project.must("deploy");
  const known = async () => Object.keys((await watching.state())?.services ?? {});
  await waitFor("it is forgotten", async () => !(await known()).includes("added"), 20_000);
  expect(await project.incidents("added")).toEqual([]);
}, 120_000);

/** Good answers of the app within a second. */
async function asked(watching: { metrics(): Promise<string> }): Promise<number> {
  const count = async () =>
    Number(
      /soloflow_probe_duration_seconds_count\{[^}]*service="app"[^}]*\} (\d+)/.exec(
        await watching.metrics(),
      )?.[1] ?? 0,
    );
  const before = await count();
  await Bun.sleep(1_000);
  return (await count()) - before;
}
