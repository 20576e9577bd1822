import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { createOutput } from "../../../agent/cli/output.ts";
import { watchStatus } from "../../../agent/cli/status-watch.ts";
import type { Container } from "../../../agent/core/container.ts";
import { EXIT } from "../../../agent/core/errors.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { Store } from "../../../agent/host/store/store.ts";
import { serveUnix } from "../../../agent/host/unix-server.ts";
import { knownProject } from "../../../agent/run/known-project.ts";
import { containerOf, desiredOf } from "../../support/desired.ts";
import { cliWorld, NO_ENGINE } from "./cli-world.ts";

const SINCE = "2026-01-02T03:00:00.000Z";

function container(more: Partial<Container> = {}): Container {
  const unit = desiredOf().units.find(({ service }) => service === "database");
  const instance = unit?.instances[0];
  if (unit === undefined || instance === undefined) throw new Error("the stack has a database");
  return {
    ...containerOf(unit, instance),
    ...{ id: "c1", name: "sft-line-app-1", startedAt: "2026-01-02T03:04:00Z" },
    labels: { "com.docker.compose.project": "sft-line", "com.docker.compose.service": "app" },
    ...more,
  };
}

type Given = {
  container?: Partial<Container>;
  store?: (store: Store) => void;
  unit?: NonNullable<Parameters<typeof cliWorld>[1]>["deployed"];
};

/** A project whose `app` runs, and whose store has this in it. */
function world({ container: more, store: write, unit }: Given = {}) {
  const containers = [container(more)];
  const nothing = async () => undefined;
  const found = { version: async () => "26.1.0", containers: async () => [...containers] };
  const engine = { ...found, stats: nothing, image: nothing };
  const made = cliWorld({ engine }, { deployed: { ...unit } });
  const state = made.host.folder.at("state/sft-line");
  mkdirSync(state, { recursive: true });
  using store = openStore(`${state}/state.db`);
  write?.(store);
  return { ...made, containers };
}

/** Stands for a watchdog that says this of `app`. */
async function watchdog(
  { host }: ReturnType<typeof world>,
  says: () => Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<Disposable> {
  const app = () => ({ cause: "", since: SINCE, restarts15m: 0, nextTryAt: null, ...says() });
  const state = () => ({
    schema: 1,
    pid: 4711,
    since: SINCE,
    fault: null,
    services: { app: app() },
    ...more,
  });
  return serveUnix(host.folder.at("run/sft-line/watch.sock"), { "/state": state });
}

describe("status with a watchdog", () => {
  test("has its words for each service, and who it is; no probe of its own", async () => {
    using one = world();
    using _socket = await watchdog(one, () => ({ phase: "suspect", cause: "no answer within 1 s" }));
    const run = await one.run(["status"]);
    expect(run.stdout).toMatchInlineSnapshot(`
      "sft-line, release none, docker 26.1.0, watchdog for 4 min 5 s
      SERVICE  STATE    FOR    READY AFTER  RESTARTS  CONTAINER
      app      suspect  5.0 s  -            0         sft-line-app-1
      app suspect for 4 min 5 s: no answer within 1 s
      "
    `);
    expect(one.host.calls.filter((call) => call.startsWith("prober"))).toEqual([]);
  });

  test("every phase is a word of the contract", async () => {
    using one = world();
    const phases = {
      ...{ "half-open": "open", failed: "unhealthy", blocked: "blocked", slow: "slow" },
      held: "held",
    };
    for (const [phase, state] of Object.entries(phases)) {
      using _socket = await watchdog(one, () => ({ phase }));
      const found = JSON.parse((await one.run(["status", "--json"])).stdout);
      expect([phase, found.services[0].state]).toEqual([phase, state]);
      expect(found.watchdog).toEqual({ running: true, pid: 4711, since: SINCE, fault: null });
    }
  });

  test("a container that has just ended is stopped, whatever the watchdog thought a moment ago", async () => {
    using one = world({ container: { state: "exited" } });
    using _socket = await watchdog(one, () => ({ phase: "ready" }));
    expect((await one.run(["status"])).stdout).toContain("stopped");
  });

  test("one that it gave up says when it is tried again, and how at once", async () => {
    using one = world();
    const nextTryAt = new Date(one.host.clock.now() + 600_000).toISOString();
    using _socket = await watchdog(one, () => ({ phase: "open", cause: "5 restarts in 15 min", nextTryAt }));
    expect((await one.run(["status"])).stdout).toContain(
      "5 restarts in 15 min; tried again in 10 min, at once with: soloflow-agent resume app",
    );
  });

  test("why it restarts nothing is told", async () => {
    using one = world();
    using _socket = await watchdog(one, () => ({ phase: "ready" }), { fault: "its disk is full" });
    expect((await one.run(["status"])).stdout).toContain(
      "the watchdog restarts nothing now: its disk is full",
    );
  });

  test("one that hangs, or speaks of something else, is none, and is not waited for", async () => {
    using one = world();
    for (const state of [() => Bun.sleep(5_000), () => "no json", () => ({ schema: 2 }), () => null]) {
      using _socket = await serveUnix(one.host.folder.at("run/sft-line/watch.sock"), { "/state": state });
      const began = performance.now();
      const found = JSON.parse((await one.run(["status", "--json"])).stdout);
      expect(found.watchdog.running).toBe(false);
      expect(performance.now() - began).toBeLessThan(2_000);
    }
  });
});

describe("status without a watchdog", () => {
  test("says so in one line, with the way out", async () => {
    using one = world();
    expect((await one.run(["status"])).stdout).toMatchInlineSnapshot(`
      "sft-line, release none, docker 26.1.0
      SERVICE  STATE  FOR    READY AFTER  RESTARTS  CONTAINER
      app      ready  5.0 s  -            0         sft-line-app-1
      no watchdog runs: what hangs stays so. soloflow-agent install lets systemd run one (or: soloflow-agent watch)
      "
    `);
  });

  test("says nothing of it where Docker cannot be reached: that comes first", async () => {
    using one = cliWorld({ engine: { version: NO_ENGINE, containers: NO_ENGINE } }, { deployed: {} });
    const run = await one.run(["status"]);
    expect([run.code, run.stdout]).toEqual([
      EXIT.noDocker,
      "sft-line, release none, docker cannot be reached\n",
    ]);
  });
});

describe("below the table", () => {
  test("stands what is open, and what would have been done with what is only reported on", async () => {
    const report = { since: Date.parse(SINCE) - 71 * 3_600_000, would: 0, told: false };
    using one = world({
      unit: { watch: "report" },
      store({ incidents, watch }) {
        incidents.open({
          service: "app",
          at: Date.parse(SINCE),
          level: "losing",
          cause: "no answer",
          report: true,
        });
        incidents.close(incidents.open({ service: "app", at: 1, level: "healed", cause: "over" }), { at: 2 });
        watch.write({ services: { app: { report }, odd: { report: 7 } } }, { at: 1 });
      },
    });
    const { stdout } = await one.run(["status"]);
    expect(stdout).toContain(
      "incident 1 of app, 4 min 5 s ago: no answer; it serves again (soloflow-agent incidents 1)",
    );
    expect(stdout).not.toContain("incident 2");
    expect(stdout).toContain(
      'app is only reported on: would have been restarted 0 times in 2 d 23 h; turn it on with watch = "restart" in [service.app], then deploy',
    );
    const { incidents, reports } = JSON.parse((await one.run(["status", "--json"])).stdout);
    expect(incidents).toEqual([{ id: 1, service: "app", openedAt: SINCE, cause: "no answer", report: true }]);
    expect(reports).toMatchObject([{ service: "app", wouldRestart: 0, mayRestart: true }]);
  });

  test("a state of the watchdog that nobody understands is no reason to say nothing", async () => {
    for (const state of [7, { services: [] }, { services: { app: { report: { since: "x" } } } }]) {
      using one = world({ unit: { watch: "report" }, store: ({ watch }) => watch.write(state, { at: 1 }) });
      expect((await one.run(["status"])).code).toBe(EXIT.done);
    }
  });
});

describe("status --watch", () => {
  /** Runs until `until` holds for what was written. */
  async function watched(
    one: ReturnType<typeof world>,
    isTTY: boolean,
    step: (written: string, end: () => void) => void,
  ): Promise<string> {
    let written = "";
    const ended = new AbortController();
    const write = (text: string) => {
      written += text;
    };
    const stdout = { isTTY, columns: 100, rows: 20, write };
    const project = await knownProject(one.host, one.config);
    const output = createOutput({ stdout, stderr: stdout }, {});
    const clock = { ...one.host.clock, sleep: async () => step(written, () => ended.abort()) };
    await watchStatus({ host: { ...one.host, clock }, project, output, signal: ended.signal });
    return written;
  }

  test("without a terminal: a line for each change, none where nothing changes", async () => {
    using one = world({ container: { health: { ...health, status: "healthy" } } });
    let rounds = 0;
    const written = await watched(one, false, (_written, end) => {
      rounds += 1;
      if (rounds === 2) one.containers[0] = container({ state: "exited" });
      if (rounds === 4) end();
    });
    expect(written.replaceAll(/^\S+ \S+/gm, "TIME")).toMatchInlineSnapshot(`
      "TIME  docker          reachable
      TIME  watchdog        not running
      TIME  app             ready
      TIME  app             ready → stopped
      "
    `);
  });

  test("on a terminal: pictures, and at the end the terminal as it was", async () => {
    using one = world({ container: { health: { ...health, status: "healthy" } } });
    const written = await watched(one, true, (_written, end) => end());
    expect(written).toStartWith("\u001b[?1049h");
    expect(written).toContain("sft-line-app-1");
    expect(written).toEndWith("\u001b[?25h\u001b[?1049l");
  });

  test("has no document", async () => {
    using one = world();
    expect((await one.run(["status", "--watch", "--json"])).code).toBe(EXIT.usage);
  });
});

const health = {
  failingStreak: 0,
  lastOutput: "",
  lastLookAt: undefined,
  retries: 3,
  intervalMs: 1,
  timeoutMs: 1,
};
