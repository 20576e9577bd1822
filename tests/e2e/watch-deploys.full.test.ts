import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching, type Watching } from "../support/watching.ts";

/** Long enough that a restart, or a deploy, is still under way when the next thing happens. */
const BOOT_MS = "3000";
const TOML = '[watchdog]\nbackoff = ["0s"]\nspacing = "100ms"\n';

let project: TestProject;

beforeAll(async () => {
  project = await testProject();
}, 60_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

/** A service beside the app: nobody's child, and slow to start. */
const beside = (edition: string) => `  slow:
    image: ${project.name}/app
    environment: { EDITION: "${edition}", BOOT_MS: "15000" }
    restart: unless-stopped
`;

function write(settings: Record<string, string>, { edition = "1", toml = "" } = {}): void {
  const slow = '[service.slow]\nready = { http = ":8080/health", within = "60s" }\ndeploy = "replace"\n';
  writeApp(
    project,
    { BOOT_MS, ...settings },
    { within: "20s", toml: `${toml}${slow}${TOML}`, more: beside(edition) },
  );
}

const instances = async () =>
  (await project.containers()).filter((name) => name.startsWith("app-")).map((name) => name.slice(0, -2));

const only = async () => {
  const [instance = "none", ...others] = await instances();
  expect(others).toEqual([]);
  return instance;
};

async function freeze(instance: string): Promise<void> {
  process.kill(Number(await project.inspect(instance, "{{.State.Pid}}")), "SIGSTOP");
}

const serves = async (wanted: string) => {
  try {
    return (await version(project)) === wanted;
  } catch {
    return false;
  }
};

/** Counts how often a container of the app is started from now on: as it happens, for the engine keeps few events. */
async function countStarts(): Promise<AsyncDisposable & { count(): number }> {
  const filters = [`label=com.docker.compose.project=${project.name}`, "event=start"];
  const since = ["--since", `${Date.now() / 1_000}`, "--format", "started {{.Actor.Attributes.name}}"];
  const child = Bun.spawn(["docker", "events", ...since, ...filters.flatMap((each) => ["--filter", each])], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let told = "";
  const reading = (async () => {
    for await (const part of child.stdout) told += Buffer.from(part).toString();
  })();
  return {
    count: () => told.match(/-app-(blue|green)-/g)?.length ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      await reading;
    },
  };
}

type Incident = { service: string; remedy: string | null; closedAt: string | null; lostMs: number | null };
const incidents = async (): Promise<Incident[]> =>
  JSON.parse((await project.must("incidents", "--json")).stdout).incidents;

const isClosed = ({ closedAt }: Incident) => closedAt !== null;

const restarts = async (watching: Watching) => (await watching.state())?.services.app?.restarts15m;

test("a watchdog that was there before the first deploy waits for it, then watches", async () => {
  write({ VERSION: "1" });
  await using watching = await startWatching(project);
  expect((await watching.state())?.services).toEqual({});
  await project.must("deploy");
  await watching.phase("app", "ready");
  await watching.phase("slow", "ready");
  await using starts = await countStarts();
  await freeze(await only());
  await waitFor("the other colour serves", async () => starts.count() === 1 && serves("1"), 30_000);
  await watching.phase("app", "ready");
}, 180_000);

test("a deploy that comes in the middle of a restart waits for its end; both end well, and the incident is kept", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  await waitFor("no incident is open", async () => (await incidents()).every(isClosed), 60_000);
  const [known, counted] = [(await incidents()).length, (await restarts(watching)) ?? 0];
  await using starts = await countStarts();
  await freeze(await only());
  await waitFor("its restart has begun", () => /app-\w+: other-colour/.test(watching.said()), 30_000);
  write({ VERSION: "2" });
  const { stderr } = await project.must("deploy");
  expect(stderr).toContain("waiting: app: held by the watchdog");
  expect(await serves("2")).toBe(true);
  expect(await instances()).toHaveLength(1);
  await watching.phase("app", "ready");
  expect(starts.count()).toBe(2);
  expect(watching.said().match(/restart of app-\w+ done/g)).toHaveLength(1);
  expect(await restarts(watching)).toBe(counted + 1);
  await waitFor("the incident has ended", async () => (await incidents()).every(isClosed), 60_000);
  expect((await incidents()).length).toBe(known + 1);
  expect((await incidents())[0]).toMatchObject({ service: "app", remedy: "other-colour" });
  expect((await incidents())[0]?.lostMs).toBeGreaterThan(0);
}, 180_000);

test("what freezes under a deploy that fails is left to the deploy, and mended after its end, once", async () => {
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  const counted = (await restarts(watching)) ?? 0;
  const before = await only();
  await using starts = await countStarts();
  write({ VERSION: "3", READY: "never" });
  const deploying = project.agent("deploy");
  await waitFor("the deploy has begun", async () => (await instances()).length === 2, 30_000);
  await watching.phase("app", "held");
  await freeze(before);
  let over = false;
  const ended = deploying.finally(() => {
    over = true;
  });
  while (!over) {
    expect(watching.said()).not.toContain("restart of");
    await Bun.sleep(100);
  }
  expect((await ended).code).toBe(3);
  await waitFor("it is mended", async () => serves("2"), 30_000);
  await watching.phase("app", "ready");
  await waitFor("one colour is left", async () => (await instances()).length === 1, 30_000);
  // The deploy's, and the watchdog's.
  expect(starts.count()).toBe(2);
  expect(watching.said().match(/restart of app-\w+ done/g)).toHaveLength(1);
  expect(await restarts(watching)).toBe(counted + 1);
}, 180_000);

test("what a deploy does not touch is mended while it runs", async () => {
  write({ VERSION: "2" });
  await using watching = await startWatching(project);
  await watching.phase("app", "ready");
  await watching.phase("slow", "ready");
  write({ VERSION: "2" }, { edition: "2" });
  const deploying = await project.start("deploy");
  await watching.phase("slow", "held");
  await freeze(await only());
  await waitFor("it is mended", () => /restart of app-\w+ done/.test(watching.said()), 30_000);
  expect(await serves("2")).toBe(true);
  expect(deploying.exitCode).toBeNull();
  expect(await deploying.exited).toBe(0);
  await watching.phase("slow", "ready");
}, 180_000);
