import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import type { Container } from "../../../agent/core/container.ts";
import { EXIT } from "../../../agent/core/errors.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { COLOURS, type Colour } from "../../../agent/plan/colour.ts";
import type { DeployedUnit } from "../../../agent/plan/deployed.ts";
import { failed, ok } from "../../support/scripted-exec.ts";
import { cliWorld, NO_ENGINE } from "./cli-world.ts";

const COMPOSE = ["docker", "compose"] as const;
const START = "2026-01-02T03:04:00Z";

function container(state: Container["state"], more: Partial<Container> = {}): Container {
  return {
    ...{ id: "c1", name: "sft-line-app-1", image: "sha256:i", state, exitCode: 0, oomKilled: false },
    labels: { "com.docker.compose.project": "sft-line", "com.docker.compose.service": "app" },
    ...{ startedAt: START, finishedAt: undefined, restartCount: 0, health: undefined },
    ...{ pid: 1, restartPolicy: { name: "always", max: 0 }, networkMode: "bridge", error: "" },
    ...{ memoryLimitBytes: undefined, graceSeconds: 10, stopSignal: "SIGTERM" },
    ...{ addresses: {}, ports: [], mounts: [], user: "" },
    ...more,
  };
}

const running = {
  version: async () => "26.1.0",
  containers: async () => [container("running")],
  stats: async () => undefined,
  image: async () => undefined,
};

/** One document, ended by a newline, and nothing else. */
function document(stdout: string): Record<string, unknown> {
  expect(stdout).toEndWith("}\n");
  const parsed = JSON.parse(stdout);
  expect(parsed.schema).toBe(1);
  return parsed;
}

test("--json prints one document on stdout and nothing else there", async () => {
  using world = cliWorld({ engine: running, processes: [{ argv: COMPOSE, gives: ok() }] }, { deployed: {} });
  const lines = [["status"], ["history"], ["timings"], ["secrets", "list"], ["completion", "bash"], ["down"]];
  for (const words of lines) {
    const run = await world.run([...words, "--json"]);
    expect([words, run.code]).toEqual([words, EXIT.done]);
    document(run.stdout);
  }
});

test("secrets that are set, exported and recovered are told in a document without a value", async () => {
  using world = cliWorld();
  writeFileSync(
    world.config,
    `project = "sft-line"
[secret.PEPPER]
kind = "pepper"
for = ["app"]
[secret.TOKEN]
kind = "external"
for = ["app"]
`,
  );
  const file = world.host.folder.at("out.env");
  const secrets = async (words: readonly string[], stdin = "") => {
    const run = await world.run(["secrets", ...words, "--json"], { stdin });
    expect([words, run.code, run.stderr]).toEqual([words, EXIT.done, expect.any(String)]);
    expect(run.stdout).not.toContain("q8Zr1");
    return { ...run, document: document(run.stdout) };
  };
  const made = await secrets(["set", "PEPPER", "--generate"]);
  expect(made.document).toEqual({ schema: 1, name: "PEPPER", result: "generated", warnings: [] });
  const set = await secrets(["set", "TOKEN"], "q8Zr1LxTnE5vW0yK-q8Zr1LxTnE5vW0yK");
  expect(set.document).toMatchObject({ name: "TOKEN", result: "stored" });
  const again = await secrets(["set", "TOKEN"], "q8Zr1LxTnE5vW0yK-q8Zr1LxTnE5vW0yK");
  expect(again.document).toMatchObject({ name: "TOKEN", result: "same" });
  expect((await secrets(["export", file])).document).toEqual({ schema: 1, file, names: ["PEPPER", "TOKEN"] });
  expect((await secrets(["recover"])).document).toEqual({ schema: 1, result: "intact" });
  const key = /AGE-SECRET-KEY-1[A-Z0-9]+/.exec(made.stderr)?.[0] ?? "";
  rmSync(world.host.folder.at("state/sft-line/secrets/identity"));
  expect((await secrets(["recover", "--yes"], `${key}\n`)).document).toMatchObject({
    result: "recovered",
    names: ["PEPPER", "TOKEN"],
  });
});

test("an error leaves stdout empty with --json too", async () => {
  using world = cliWorld();
  for (const words of [["down"], ["deploy", "--wait", "x"], ["secrets", "set", "NONE"], ["no-such"]]) {
    const run = await world.run([...words, "--json"]);
    expect([words, run.code, run.stdout]).toEqual([words, EXIT.usage, ""]);
    expect(run.stderr).toStartWith("error: ");
  }
});

test("logs and exec hand on what others wrote and say that they have no document", async () => {
  using world = cliWorld({}, { deployed: {} });
  for (const words of [["logs"], ["exec", "app", "sh"]]) {
    const run = await world.run([...words, "--json"]);
    expect([words, run.code, run.stdout]).toEqual([words, EXIT.usage, ""]);
    expect(run.stderr).toContain("has no document");
  }
});

test("without an engine every command that needs it ends with 6 and says so", async () => {
  const engine = { version: NO_ENGINE, containers: NO_ENGINE };
  const processes = [{ argv: COMPOSE, gives: failed(1, "Cannot connect to the Docker daemon"), times: 9 }];
  using world = cliWorld({ engine, processes }, { deployed: {} });
  for (const words of [["down"], ["logs"], ["logs", "--follow"], ["exec", "app", "sh"]]) {
    const run = await world.run(words);
    expect([words, run.code]).toEqual([words, EXIT.noDocker]);
    expect(run.stderr).toContain("docker cannot be reached");
  }
  expect((await world.run(["status"])).code).toBe(EXIT.noDocker);
  const status = await world.run(["status", "--json"]);
  expect([status.code, document(status.stdout).engine]).toEqual([
    EXIT.noDocker,
    { reachable: false, version: null },
  ]);
});

test("without a docker command down, logs and exec end with 6 and name it", async () => {
  const gives = { kind: "missing", program: "docker" } as const;
  using world = cliWorld(
    { engine: running, processes: [{ argv: ["docker"], gives, times: 3 }] },
    { deployed: {} },
  );
  for (const words of [["down"], ["logs"], ["exec", "app", "sh"]]) {
    const run = await world.run(words);
    expect([words, run.code]).toEqual([words, EXIT.noDocker]);
    expect(run.stderr).toContain("there is no docker command on this machine");
    expect(run.stderr).toContain("hint: soloflow-agent setup");
  }
  world.host.verify();
});

test("a docker command that fails for a reason of its own ends with 1", async () => {
  const gives = failed(3, "network sft-line_default has active endpoints");
  using world = cliWorld(
    { engine: running, processes: [{ argv: ["docker"], gives, times: 3 }] },
    { deployed: {} },
  );
  for (const words of [["down"], ["logs"], ["exec", "app", "sh"]])
    expect([words, (await world.run(words)).code]).toEqual([words, EXIT.failed]);
});

test("an operation that is under way is told with its holder: exit 5", async () => {
  using world = cliWorld({ engine: running }, { deployed: {} });
  const lock = world.host.folder.at("state/sft-line/lock");
  const held = await world.host.lock.tryAcquire(lock, { pid: process.pid, command: "deploy", since: START });
  if (!("fd" in held)) throw new Error("the lock is taken");
  try {
    const run = await world.run(["down"]);
    expect([run.code, run.stderr]).toEqual([EXIT.locked, expect.stringContaining(`process ${process.pid}`)]);
  } finally {
    held.release();
  }
});

test("a fault of the agent's own is told as one, and --debug shows where", async () => {
  const containers = () => Promise.reject(new TypeError("nobody thought of this"));
  using world = cliWorld({ engine: { ...running, containers } }, { deployed: {} });
  openStore(world.host.folder.at("state/sft-line/state.db"))[Symbol.dispose]();
  const run = await world.run(["status"]);
  expect([run.code, run.stdout]).toEqual([EXIT.failed, ""]);
  expect(run.stderr).toContain("this is a fault of soloflow-agent");
  expect(run.stderr).not.toContain("    at ");
  expect((await world.run(["status", "--debug"])).stderr).toContain("    at ");
});

/** The one service of `status --json`, `afterMs` after the start of its first container. */
async function statusOf(deployed: Partial<DeployedUnit>, containers: Container[], afterMs: number) {
  const prober = { tcp: async () => ({ good: false, answered: false, detail: "refused" }) };
  const engine = { ...running, containers: async () => containers };
  using world = cliWorld({ engine, prober, startMs: Date.parse(START) + afterMs }, { deployed });
  openStore(world.host.folder.at("state/sft-line/state.db"))[Symbol.dispose]();
  const services = document((await world.run(["status", "--json"])).stdout).services;
  return (services as { state: string; container: string; instances: { role: string }[] }[])[0];
}

test("a service that boots within its time is starting, and after it unhealthy", async () => {
  const probed = { ready: { tcp: ":8080" }, readyWithinMs: 120_000 };
  const up = [container("running", { addresses: { default: "192.0.2.1" } })];
  expect((await statusOf(probed, up, 5_000))?.state).toBe("starting");
  expect((await statusOf(probed, up, 119_000))?.state).toBe("starting");
  expect((await statusOf(probed, up, 121_000))?.state).toBe("unhealthy");
  expect((await statusOf({}, up, 500))?.state).toBe("starting");
  expect((await statusOf({}, up, 5_000))?.state).toBe("ready");
  expect((await statusOf({}, [container("exited")], 5_000))?.state).toBe("stopped");
});

test("beside the colour that serves a newer one stands by, and an older one drains", async () => {
  const overlap = {
    strategy: "overlap" as const,
    instances: COLOURS.map((colour) => ({ name: `app-${colour}`, colour })),
  };
  const colour = (name: Colour, startedAt: string) =>
    container("running", {
      ...{ id: name, name: `sft-line-app-${name}-1`, startedAt },
      labels: { "com.docker.compose.project": "sft-line", "com.docker.compose.service": `app-${name}` },
    });
  const roles = async (green: string) => {
    const service = await statusOf(overlap, [colour("blue", START), colour("green", green)], 60_000);
    expect(service?.container).toBe("sft-line-app-blue-1");
    return service?.instances.map(({ role }) => role);
  };
  expect(await roles("2026-01-02T03:04:30Z")).toEqual(["serving", "standby"]);
  expect(await roles("2026-01-02T03:03:00Z")).toEqual(["serving", "draining"]);
});

test("each stream is coloured by what it is itself, and never with NO_COLOR", async () => {
  using world = cliWorld({ engine: { version: NO_ENGINE, containers: NO_ENGINE } });
  const coloured = (text: string) => text.includes("\u001b[");
  const onStdout = await world.run(["status"], { stdout: true });
  expect(coloured(onStdout.stdout)).toBe(true);
  const onStderr = await world.run(["status"], { stderr: true });
  expect(coloured(onStderr.stdout)).toBe(false);
  expect(coloured((await world.bare(["nothing"], { stderr: true })).stderr)).toBe(true);
  expect(coloured((await world.bare(["nothing"], { stdout: true })).stderr)).toBe(false);
  const plain = await world.run(["status"], { stdout: true, stderr: true, env: { NO_COLOR: "1" } });
  expect(coloured(plain.stdout + plain.stderr)).toBe(false);
});
