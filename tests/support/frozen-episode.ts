import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pointsOf, recorded, startKilledWatchdog } from "./killed-watchdog.ts";
import { type TestProject, testProject, version, writeApp } from "./test-project.ts";
import { waitFor } from "./wait-for.ts";
import { startWatching } from "./watching.ts";

/** Episodes follow each other without a pause; how many there may be is for other tests. */
const NO_PAUSE = `[watchdog]
spacing = "100ms"
backoff = ["0s"]
circuit = [{ restarts = 1000, within = "15m" }]
total = { restarts = 1000, within = "15m" }
`;

const LIVE = 'live = { http = ":8080/health" }\n';

/**
 * One app with two colours (or, `alone`, with one container only) behind no budget. Somebody beside it is always well,
 * the ingress or a `witness`: on a machine that is short of processor time everybody's silence is laid to the machine.
 */
export async function frozenProject({ alone = false } = {}): Promise<TestProject> {
  const project = await testProject();
  const image = `${project.name}/app`;
  const options = alone
    ? {
        toml: `deploy = "replace"\n${LIVE}${NO_PAUSE}[service.witness]\nready = { http = ":8080/health" }\n${LIVE}`,
        more: `  witness: ${JSON.stringify({ image, environment: { VERSION: "1" } })}\n`,
      }
    : { toml: NO_PAUSE };
  writeApp(project, { VERSION: "1" }, options);
  await project.must("deploy");
  return project;
}

/** Instances of the app, "app-blue" or "app" for instance. */
async function instances(project: TestProject): Promise<string[]> {
  const names = await project.containers();
  return names.filter((name) => name.startsWith("app-")).map((name) => name.slice(0, -2));
}

export async function freeze(project: TestProject): Promise<void> {
  const [instance = ""] = await instances(project);
  const pid = Number(await project.inspect(instance, "{{.State.Pid}}"));
  // 0 would be this process and all its own.
  if (!(pid > 0)) throw new Error(`${instance || "the app"} does not run`);
  process.kill(pid, "SIGSTOP");
}

/** The points of one whole restart, by a watchdog that nobody kills. */
export async function listPoints(project: TestProject): Promise<string[]> {
  await using child = startKilledWatchdog(project, 0);
  await watches(project);
  await freeze(project);
  await waitFor(
    "the restart has ended",
    () => pointsOf(project).includes("before store: UPDATE intent SET"),
    60_000,
  );
  await waitFor("one container is left", async () => (await instances(project)).length === 1, 30_000);
  await isServed(project);
  child.kill("SIGTERM");
  await child.exited;
  return pointsOf(project);
}

/** The app freezes under a watchdog that is killed; the next one makes one episode of it, whatever it finds. */
export async function episode(
  project: TestProject,
  what: string,
  killed: () => Promise<Bun.Subprocess>,
): Promise<void> {
  const before = recorded(project, "app");
  // Ends with the episode, also where its point never came.
  await using child = await killed();
  await waitFor(`${what} has killed it`, () => child.signalCode === "SIGKILL", 60_000);
  await using watching = await startWatching(project);
  const soon = (state: string, isThere: () => boolean | Promise<boolean>) =>
    waitFor(`${what}: ${state}`, isThere, 40_000).catch((thrown) => {
      throw new Error(`${thrown.message}\n${watching.said()}`);
    });
  await watching.phase("app", "ready");
  await soon("its restart is done", () => recorded(project, "app").done > before.done);
  await soon("one container is left", async () => (await instances(project)).length === 1);
  await watching.phase("app", "ready");
  await isServed(project);
  expect(await watching.end()).toBe(0);
  const after = recorded(project, "app");
  expect({ what, done: after.done - before.done }).toEqual({ what, done: 1 });
  expect({ what, counted: after.counted - before.counted }).toEqual({
    what,
    counted: after.begun - before.begun,
  });
  expect(after).toMatchObject({
    acts: 0,
    unfinished: 0,
    leases: 0,
    open: after.incident === undefined ? 0 : 1,
  });
  expect(after.incidents - before.incidents).toBeLessThanOrEqual(1);
}

/** Killed at a point of the code. */
export async function killedAt(project: TestProject, point: number): Promise<Bun.Subprocess> {
  const child = startKilledWatchdog(project, point);
  await watches(project);
  await freeze(project);
  return child;
}

/** Killed so long after the app has frozen. */
export async function killedAfter(project: TestProject, ms: number): Promise<Bun.Subprocess> {
  const child = await project.start("watch");
  await watches(project);
  await freeze(project);
  setTimeout(() => child.kill("SIGKILL"), ms);
  return child;
}

async function isServed(project: TestProject): Promise<void> {
  await waitFor("it serves", async () => (await version(project).catch(() => "")) === "1", 20_000);
}

async function watches({ env, name }: TestProject): Promise<void> {
  const unix = join(env.SOLOFLOW_RUN_DIR ?? "", name, "watch.sock");
  await waitFor(
    "app is watched and ready",
    async () => {
      if (!existsSync(unix)) return false;
      const answer = await fetch("http://localhost/state", { unix }).catch(() => undefined);
      const state = (await answer?.json()) as { services: Record<string, { phase: string }> } | undefined;
      return state?.services.app?.phase === "ready";
    },
    40_000,
  );
}
