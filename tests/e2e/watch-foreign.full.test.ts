import { expect, test } from "bun:test";
import { recordedEngine } from "../support/recorded-engine.ts";
import { docker } from "../support/sandbox.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";
import { tinyImage } from "../support/tiny-image.ts";
import { startWatching } from "../support/watching.ts";

const FOREIGN = 200;
const AT_ONCE = 8;
/** Two rounds of comparing, and ten probes of each. */
const WINDOW_MS = 20_000;

test("two hundred containers of others, some of which come and go, cost the watchdog no call and no byte", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  await using engine = await recordedEngine();
  await using watching = await startWatching({ ...project, start: startedAt(project, engine.address) });
  await watching.phase("app", "ready");
  const alone = await measured(engine);
  await using foreign = await makeForeign(`${project.name}-other`);
  const coming = new AbortController();
  const starts = comeAndGo(foreign.ids, coming.signal);
  const among = await measured(engine);
  coming.abort();

  expect(await starts).toBeGreaterThan(20);
  expect(among.calls).toBeLessThanOrEqual(alone.calls + 3);
  // Each of its own is looked at once a minute anyway; a list with the others would be forty times as long.
  expect(among.bytes).toBeLessThan(alone.bytes + 15_000);
  const foreignCalls = engine.calls.filter((call) => foreign.ids.some((id) => call.includes(id)));
  expect(foreignCalls).toEqual([]);
  const wide = engine.calls
    .map(decodeURIComponent)
    .filter((call) => /\/(events|containers\/json)\?/.test(call));
  expect(wide.length).toBeGreaterThan(0);
  expect(wide.filter((call) => !call.includes(`"com.docker.compose.project=${project.name}"`))).toEqual([]);
  expect(Object.keys((await watching.state())?.services ?? {}).sort()).toEqual(["app", "ingress"]);
}, 300_000);

function startedAt(project: TestProject, address: string): TestProject["start"] {
  return async (...args) => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = address;
    try {
      return await project.start(...args);
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
  };
}

/** What the watchdog asks of the engine, and gets, in a while. */
async function measured(engine: Awaited<ReturnType<typeof recordedEngine>>) {
  const [calls, bytes] = [engine.calls.length, engine.answeredBytes];
  await Bun.sleep(WINDOW_MS);
  return { calls: engine.calls.length - calls, bytes: engine.answeredBytes - bytes };
}

/** Containers of another project whose name begins like the watched one's; they are there, and do not run. */
async function makeForeign(owner: string): Promise<AsyncDisposable & { ids: readonly string[] }> {
  const image = await tinyImage();
  const labels = [
    "--label",
    `com.docker.compose.project=${owner}`,
    "--label",
    "com.docker.compose.service=app",
  ];
  const ids: string[] = [];
  const batches = Array.from({ length: FOREIGN / AT_ONCE }, () =>
    Array.from({ length: AT_ONCE }, () => labels),
  );
  for (const batch of batches)
    ids.push(...(await Promise.all(batch.map((each) => docker("create", ...each, image, "true")))));
  return {
    ids,
    async [Symbol.asyncDispose]() {
      for (let at = 0; at < ids.length; at += AT_ONCE)
        await docker("rm", "-f", ...ids.slice(at, at + AT_ONCE));
    },
  };
}

/** Starts one after the other; each ends by itself at once. Gives how many were started. */
async function comeAndGo(ids: readonly string[], signal: AbortSignal): Promise<number> {
  let starts = 0;
  for (const id of ids) {
    if (signal.aborted) break;
    await docker("start", id);
    starts += 1;
  }
  return starts;
}
