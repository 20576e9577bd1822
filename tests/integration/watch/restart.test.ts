import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import type { Container } from "../../../agent/core/container.ts";
import { deployedUnit } from "../../../agent/plan/deployed.ts";
import { LABEL } from "../../../agent/plan/labels.ts";
import { watchedContainers } from "../../../agent/plan/watchdog/container-facts.ts";
import type { WatchAction } from "../../../agent/plan/watchdog/model.ts";
import { projectPaths } from "../../../agent/run/project.ts";
import type { Acting } from "../../../agent/run/watch/act/acting.ts";
import { Hands } from "../../../agent/run/watch/act/hands.ts";
import { PromisedMemory } from "../../../agent/run/watch/act/promised-memory.ts";
import { restart } from "../../../agent/run/watch/act/restart.ts";
import { settle } from "../../../agent/run/watch/act/settle.ts";
import type { Happening } from "../../../agent/run/watch/brain.ts";
import { Memory } from "../../../agent/run/watch/memory.ts";
import { containerOf, desiredOf } from "../../support/desired.ts";
import { recordedProgress } from "../../support/recorded-progress.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const BEGAN = 5;
const MACHINE = {
  ...{ cpuSome10: 0, memorySome10: 0, ioSome10: 0, load1: 0, cpus: 2 },
  ...{ memoryAvailableBytes: 2 ** 32, memoryTotalBytes: 2 ** 33 },
};
const planned = desiredOf().units.find(({ service }) => service === "gateway");
if (planned === undefined) throw new Error("no gateway");
const unit = { ...deployedUnit(planned), standby: true };

function colour(name: "blue" | "green", overrides: Partial<Container> = {}): Container {
  const instance = planned?.instances.find((each) => each.name === `gateway-${name}`);
  if (planned === undefined || instance === undefined) throw new Error(`no ${name}`);
  return containerOf(planned, instance, { id: name, ...overrides });
}

/** The blue colour of a service with a warm standby serves and is sick. */
function sick(blue: Container, green: Container, change: Partial<Acting> = {}) {
  const host = scriptedHost({
    engine: {
      container: async (id) => (id === "blue" ? blue : green),
      containers: async () => [],
      stats: async () => ({ memoryBytes: 1, cpuPercent: 0 }),
      restart: async () => {},
    },
    prober: { http: async () => ({ good: false, answered: false, kind: "timeout", detail: "no answer" }) },
    machine: { pressure: async () => MACHINE, process: async () => undefined },
  });
  const watched = watchedContainers({
    ...{
      units: [unit],
      joined: new Set(),
      observed: { containers: [blue, green], flags: { gateway: "blue" } },
    },
    ...{ deaths: new Map(), healthSilence: () => 0, began: () => BEGAN, secrets: () => undefined },
  });
  const memory = new Memory(host.folder.at("state.db"), () => {});
  const chosen: string[] = [];
  const acting = {
    ...{
      host,
      memory,
      promised: new PromisedMemory(),
      signal: new AbortController().signal,
      began: () => BEGAN,
      at: () => 0,
    },
    seen: (instance: string) => watched.find(({ facts }) => facts.instance === instance),
    isStoppedByPerson: () => false,
    chosen: (_action: unknown, how: string, why: string) => void chosen.push(`${how}: ${why}`),
    ...change,
  } as unknown as Acting;
  const restarted = () => host.calls.some((call) => call.startsWith("engine.restart"));
  const close = () => {
    memory.close();
    host[Symbol.dispose]();
  };
  return { acting, memory, chosen, restarted, [Symbol.dispose]: close };
}

const RESTART = {
  ...{ type: "restart", id: 1, service: "gateway", instance: "gateway-blue", container: "blue" },
  ...{ startedAt: BEGAN, incident: 1, cause: "no answer" },
} as const satisfies WatchAction;

const begun = { evidence: Promise.resolve(), begins: () => {}, started: () => {} };

test.each([
  ["starts", {}, false, "gateway-green is running, and not ready"],
  ["a person has paused", { state: "paused" }, false, "gateway-green is paused, and not ready"],
  ["a person has stopped", { state: "exited" }, true, "a person has stopped gateway-green"],
] as const)(
  "a standby that %s is left as it is: the sick one is restarted in place",
  async (_, green, byPerson, why) => {
    const isStoppedByPerson = (instance: string) => byPerson && instance === "gateway-green";
    using world = sick(colour("blue"), colour("green", green), { isStoppedByPerson });
    const { outcome } = await restart(world.acting, RESTART, begun);
    expect(outcome).toMatchObject({ kind: "done", how: "in-place" });
    expect(world.chosen).toEqual([`in-place: ${why}`]);
  },
);

test("the version that a killed deploy left in the model is not started", async () => {
  using world = sick(colour("blue"), colour("green", { state: "exited" }));
  world.memory.store().operations.start({ kind: "deploy", pid: 2 ** 22 + 1, at: 1 });
  await restart(world.acting, RESTART, begun);
  expect(world.chosen.join()).toContain("in-place: a deploy of another version");
  using other = sick(
    colour("blue", { labels: { ...colour("blue").labels, "dev.soloflow.spec": "old" } }),
    colour("green", { state: "exited" }),
  );
  await restart(other.acting, RESTART, begun);
  expect(other.chosen.join()).toContain("in-place: a deploy of another version");
});

test("where the other colour cannot be made, for no fault of the app, the sick one is restarted in place", async () => {
  using world = sick(colour("blue"), colour("green", { state: "exited" }));
  const acting = {
    ...world.acting,
    exec: async () => ({ kind: "failed", code: 1, stdout: "", stderr: "no space left on device" }),
    project: { name: "shop", paths: { state: "/nowhere" } },
    model: () => undefined,
  } as unknown as Acting;
  const { outcome } = await restart(acting, RESTART, begun);
  expect(outcome).toMatchObject({ kind: "done", how: "in-place" });
  expect(world.chosen.map((each) => each.split(":")[0])).toEqual(["other-colour", "in-place"]);
  expect(world.chosen.at(-1)).toContain("no space left on device");
  expect(world.restarted()).toBe(true);
});

test("the other colour is told to run before it is ready: from then on it only is waited for", async () => {
  const green = colour("green", { state: "exited", addresses: { shop_ingress: "10.0.0.2" } });
  using world = sick(colour("blue"), green);
  const { host } = world.acting;
  const posts: Happening[] = [];
  const isSpec = (label: string) => label.startsWith(LABEL.spec);
  const engine = {
    ...{ container: async () => colour("blue"), stats: async () => ({ memoryBytes: 1, cpuPercent: 0 }) },
    containers: async (labels: readonly string[]) =>
      labels.some(isSpec) ? [{ ...green, state: "running" }] : [],
    ...{ stop: async () => {}, restart: async () => {} },
  };
  // Ready only once it was told to run: told too late, it would never be.
  const http = async () => ({ good: posts.length > 0, answered: true, kind: "answer", detail: "" });
  const project = { name: "shop", paths: projectPaths("shop", host) };
  mkdirSync(project.paths.active, { recursive: true });
  const acting = {
    ...{ ...world.acting, host: { ...host, engine, prober: { http } }, project, model: () => undefined },
    ...{ exec: async () => ({ kind: "ok", stdout: "", stderr: "" }), progress: recordedProgress() },
    touching: () => ({ end: () => {} }),
  } as unknown as Acting;
  const hands = new Hands({
    ...{ acting, speak: () => {}, post: (happening) => void posts.push(happening), done: () => {} },
    ...{ look: async () => {}, evidence: async () => {} },
  });
  hands.begin(RESTART, true);
  await hands.idle();
  const outcome = { kind: "done", how: "other-colour", container: "green" };
  expect(posts).toEqual([
    { type: "started", action: 1 },
    { type: "acted", action: 1, outcome },
  ] as Happening[]);
  expect(acting.promised.total()).toBe(0);
});

test("memory that the second colour of another service will take is not free for this one", async () => {
  using world = sick(colour("blue"), colour("green", { state: "exited" }));
  using _promised = world.acting.promised.promise(MACHINE.memoryAvailableBytes - 64 * 1024 * 1024);
  await restart(world.acting, RESTART, begun);
  expect(world.chosen.join()).toMatch(/^in-place: a second colour needs \d+ MiB of memory, 64 MiB are free$/);
});

test("a person who stops it while its evidence is gathered is not overruled", async () => {
  let stopped = false;
  using world = sick(colour("blue"), colour("green"), { isStoppedByPerson: () => stopped });
  const evidence = Promise.resolve().then(() => {
    stopped = true;
  });
  const { outcome } = await restart(world.acting, RESTART, { ...begun, evidence });
  expect(outcome.kind).toBe("moot");
  expect(world.restarted()).toBe(false);
});

test("a person's stop that made a restart needless is told; one of a life that is over, as of docker restart, is not", async () => {
  const told = async (startedAt: number) => {
    using world = sick(colour("blue"), colour("green"), { isStoppedByPerson: () => true });
    const posts: string[] = [];
    const acting = { ...world.acting, project: { paths: { lock: "" } } } as unknown as Acting;
    const hands = new Hands({
      ...{ acting, speak: () => {}, post: ({ type }) => void posts.push(type), done: () => {} },
      ...{ look: async () => {}, evidence: async () => {} },
    });
    hands.begin({ ...RESTART, startedAt }, true);
    await hands.idle();
    return posts;
  };
  expect(await told(BEGAN)).toEqual(["acted", "stopping"]);
  expect(await told(BEGAN - 1)).toEqual(["acted"]);
});

test("a flip that a killed agent has not made is not told as done, and one that it has made is", async () => {
  using world = sick(colour("blue"), colour("green"));
  const detail = { ...RESTART, type: "flip", instance: "gateway-green", container: "green" };
  const intent = {
    ...{ id: 1, service: "gateway", cause: "", at: 0 },
    detail,
    endedAt: undefined,
    outcome: undefined,
  };
  const outcome = (serving: string) => settle(world.acting, intent, world.acting.seen(serving));
  expect(await outcome("gateway-blue")).toMatchObject({ kind: "failed" });
  expect(await outcome("gateway-green")).toEqual({ kind: "done", how: "standby", container: "green" });
});

test("a container that a killed agent has made anew is told by its new id", async () => {
  using world = sick(colour("blue"), colour("green"));
  const { incidents } = world.memory.store();
  incidents.open({ id: 1, service: "gateway", at: 1, level: "healed", cause: "" });
  incidents.update(1, { remedy: "recreate" });
  const intent = {
    ...{ id: 1, service: "gateway", cause: "", at: 0 },
    detail: { ...RESTART, container: "old" },
    endedAt: undefined,
    outcome: undefined,
  };
  const engine = { container: async () => undefined };
  const acting = { ...world.acting, host: { ...world.acting.host, engine } } as unknown as Acting;
  expect(await settle(acting, intent, acting.seen("gateway-blue"))).toEqual({
    ...{ kind: "done", how: "recreate", container: "blue" },
  });
});

test("a call that may go on in the engine is waited for, one of before a power cut is not", async () => {
  using world = sick(colour("blue", { state: "exited", graceSeconds: 10 }), colour("green"), {
    at: () => 100_000,
  });
  const { incidents } = world.memory.store();
  incidents.open({ id: 1, service: "gateway", at: 1, level: "healed", cause: "" });
  incidents.update(1, { remedy: "in-place" });
  const end = { endedAt: undefined, outcome: undefined };
  const intent = { id: 1, service: "gateway", cause: "", at: 95_000, detail: RESTART, ...end };
  const waited = async (upMs: number) => {
    const { host } = world.acting;
    const clock = { ...host.clock, boot: () => ({ id: "b", ms: upMs }) };
    const before = clock.monotonic();
    const acting = { ...world.acting, host: { ...host, clock } };
    expect(await settle(acting, intent, undefined)).toMatchObject({ kind: "failed" });
    return clock.monotonic() - before;
  };
  expect(await waited(4_000)).toBe(0);
  expect(await waited(60_000)).toBeGreaterThanOrEqual(15_000);
});
