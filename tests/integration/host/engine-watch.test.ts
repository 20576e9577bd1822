import { expect, setDefaultTimeout, test } from "bun:test";
import { dockerEngine } from "../../../agent/host/docker-engine.ts";
import { engineSocket } from "../../../agent/host/engine/engine-address.ts";
import type { EngineEvent } from "../../../agent/host/engine/events.ts";
import { systemMachine } from "../../../agent/host/machine.ts";
import { docker, makeSandbox } from "../../support/sandbox.ts";
import { waitFor } from "../../support/wait-for.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

const engine = dockerEngine(() => engineSocket(process.env), process.geteuid?.() ?? 0);
const OBEYS = "trap 'exit 0' TERM; while :; do sleep 0.05; done";

/** Reads until the scope ends. */
async function eventsOf(...labels: string[]) {
  const over = new AbortController();
  const seen: EngineEvent[] = [];
  const stream = await engine.events(labels, over.signal);
  const reading = (async () => {
    for await (const event of stream) seen.push(event);
  })();
  return {
    seen,
    has: (...actions: string[]) => actions.every((action) => seen.some((event) => event.action === action)),
    async [Symbol.asyncDispose]() {
      over.abort();
      await reading;
    },
  };
}

test("the engine answers a ping", async () => {
  await engine.ping();
});

test("what happens to a watched container is told, and nothing of others and of exec", async () => {
  await using sandbox = makeSandbox();
  await using events = await eventsOf(sandbox.label);
  await using other = makeSandbox();
  await other.run(OBEYS);
  const before = Date.now();
  const id = await sandbox.run(OBEYS, [
    ...["--health-cmd", "test ! -e /tmp/sick", "--health-interval", "50ms", "--health-retries", "1"],
  ]);
  await docker("exec", id, "touch", "/tmp/sick");
  await waitFor("it is sick", () => events.seen.some(({ health }) => health === "unhealthy"));
  await docker("pause", id);
  await docker("unpause", id);
  await engine.kill(id, "SIGTERM");
  await waitFor("it has ended", () => events.has("die"));
  await docker("rm", id);
  await waitFor("it is gone", () => events.has("destroy"));

  expect(events.seen.every((event) => event.id === id)).toBe(true);
  const actions: string[] = events.seen.map(({ action }) => action);
  expect(actions.filter((action) => action !== "health_status")).toEqual([
    ...["create", "start", "pause", "unpause", "kill", "die", "destroy"],
  ]);
  expect(events.seen.find(({ action }) => action === "kill")).toMatchObject({ signal: 15 });
  expect(events.seen.find(({ action }) => action === "die")).toMatchObject({ exitCode: 0 });
  for (const { at, labels } of events.seen) {
    expect(at).toBeGreaterThanOrEqual(before - 1_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(labels.sft).toBe(sandbox.name);
  }
});

test("what happens as soon as events were asked for is not lost", async () => {
  await using sandbox = makeSandbox();
  const id = await sandbox.run("sleep 60");
  for (let round = 0; round < 10; round++) {
    await using events = await eventsOf(sandbox.label);
    await docker(round % 2 === 0 ? "pause" : "unpause", id);
    await waitFor("the event", () => events.has(round % 2 === 0 ? "pause" : "unpause"));
  }
});

test("a container is restarted with the grace that is given, and counts as started anew", async () => {
  await using sandbox = makeSandbox();
  const obedient = await sandbox.run(OBEYS);
  const deaf = await sandbox.run("trap '' TERM; while :; do sleep 0.05; done");
  for (const [id, grace] of [
    [obedient, 10],
    [deaf, 0],
  ] as const) {
    const before = await engine.container(id);
    const began = performance.now();
    await engine.restart(id, grace);
    expect(performance.now() - began).toBeLessThan(8_000);
    const after = await engine.container(id);
    expect(after).toMatchObject({ state: "running", restartCount: 0 });
    expect(after?.startedAt).not.toBe(before?.startedAt);
    expect(after?.pid).not.toBe(before?.pid);
  }
  await engine.stop(deaf, 0);
  await engine.restart(deaf, 0);
  expect((await engine.container(deaf))?.state).toBe("running");
  await expect(engine.restart("sft-none", 0)).rejects.toMatchObject({ code: "engine" });
});

test("a signal reaches the container, and one for nobody is nothing to do", async () => {
  await using sandbox = makeSandbox();
  const id = await sandbox.run("trap 'exit 7' USR1; while :; do sleep 0.05; done");
  await engine.kill(id, "SIGUSR1");
  await waitFor("it has ended", async () => (await engine.container(id))?.state === "exited");
  expect(await engine.container(id)).toMatchObject({ exitCode: 7, pid: undefined });
  await engine.kill(id, "SIGKILL");
  await engine.kill("sft-none", "SIGKILL");
});

test("Docker's own restarts are ended and given back", async () => {
  await using sandbox = makeSandbox();
  const id = await sandbox.run("sleep 0.2; exit 3", ["--restart", "on-failure:100"]);
  expect((await engine.container(id))?.restartPolicy).toEqual({ name: "on-failure", max: 100 });
  await engine.setRestartPolicy(id, { name: "no", max: 0 });
  await waitFor("it stays down", async () => (await engine.container(id))?.state === "exited");
  expect((await engine.container(id))?.restartPolicy).toEqual({ name: "no", max: 0 });
  await engine.setRestartPolicy(id, { name: "on-failure", max: 100 });
  expect((await engine.container(id))?.restartPolicy).toEqual({ name: "on-failure", max: 100 });
  await engine.setRestartPolicy("sft-none", { name: "no", max: 0 });
});

test("the settings that a restart depends on are read as they are", async () => {
  await using sandbox = makeSandbox();
  const id = await sandbox.run(OBEYS, [
    ...["--memory", "64m", "--stop-timeout", "3", "--stop-signal", "SIGUSR2", "--restart", "always"],
    ...[
      "--health-cmd",
      "true",
      "--health-interval",
      "60ms",
      "--health-timeout",
      "5s",
      "--health-retries",
      "7",
    ],
  ]);
  const child = await sandbox.run(OBEYS, ["--network", `container:${id}`]);
  const container = await waitFor("a look at its health", async () => {
    const now = await engine.container(id);
    return now?.health?.lastLookAt !== undefined && now;
  });
  expect(container).toMatchObject({
    ...{ memoryLimitBytes: 64 << 20, graceSeconds: 3, stopSignal: "SIGUSR2", error: "" },
    restartPolicy: { name: "always", max: 0 },
    health: { retries: 7, intervalMs: 60, timeoutMs: 5_000 },
  });
  expect(Math.abs(Date.parse(container.health?.lastLookAt ?? "") - Date.now())).toBeLessThan(30_000);
  expect(await engine.container(child)).toMatchObject({ networkMode: `container:${id}`, graceSeconds: 10 });
  expect(await systemMachine.process(container.pid ?? 0)).toMatchObject({ isNamespaceInit: true });
});

test("the list says of each container what is needed to see that something has changed", async () => {
  await using sandbox = makeSandbox();
  const running = await sandbox.run(OBEYS, ["--label", "sft.kind=a"]);
  const ended = await sandbox.run("exit 4");
  await waitFor("it has ended", async () => (await engine.container(ended))?.state === "exited");
  const found = new Map((await engine.summaries([sandbox.label])).map((each) => [each.id, each]));
  expect([...found.keys()].sort()).toEqual([running, ended].sort());
  const { name } = (await engine.container(running)) ?? {};
  expect(found.get(running)).toMatchObject({
    ...{ name, state: "running", status: expect.stringMatching(/^Up /) },
    labels: { "sft.kind": "a" },
  });
  expect(found.get(ended)?.status).toStartWith("Exited (4)");
  expect(Math.abs((found.get(running)?.createdAt ?? 0) - Date.now())).toBeLessThan(30_000);
});
