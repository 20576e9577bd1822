import { expect, test } from "bun:test";
import { revive } from "../../../agent/plan/watchdog/state.ts";
import { decide } from "../../../agent/plan/watchdog.ts";
import { Story } from "../../support/watchdog-story.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

test("what a person has stopped stays stopped, through a restart of the agent too", () => {
  const story = new Story({ gateway: {} }).run(MINUTE).personStops("gateway").run(MINUTE);
  expect(story.phase("gateway")).toBe("held");
  story.killAgent().run(30 * MINUTE);
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert")).toEqual([]);
  story.machine.startByHand(story.box("gateway"));
  story.run(MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  expect(story.of("ready").at(-1)).toMatchObject({ why: "operator" });
});

test("what recovered from a restart that failed is a person's to stop, seen or unseen", () => {
  for (const unseen of [false, true]) {
    const story = new Story({ gateway: {} }).run(MINUTE);
    story.failures.push("failed");
    const box = story.box("gateway");
    box.hung = true;
    story.run(5 * SECOND);
    box.hung = false;
    story.run(20 * MINUTE);
    expect(story.of("restart")).toHaveLength(1);
    if (unseen) story.machine.stop(box);
    else story.personStops("gateway");
    story.run(30 * MINUTE);
    expect(story.phase("gateway")).toBe("held");
    expect(story.of("restart")).toHaveLength(1);
  }
});

test("a person who stops what a failed restart has left sick is obeyed", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.failures.push("failed");
  story.box("gateway").hung = true;
  story.run(6 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
  story.personStops("gateway").run(30 * MINUTE);
  expect(story.phase("gateway")).toBe("held");
  expect(story.of("restart")).toHaveLength(1);
});

test("a stop of which no event came is seen: Docker would have started it again", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.machine.stop(story.box("gateway"));
  story.run(30 * MINUTE);
  expect(story.phase("gateway")).toBe("held");
  expect(story.of("restart")).toEqual([]);
});

test("a paused container is left alone and watched again when it goes on", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  const box = story.box("gateway");
  Object.assign(box, { state: "paused", hung: true });
  story.list();
  story.run(30 * MINUTE);
  expect(story.phase("gateway")).toBe("held");
  box.state = "running";
  story.list();
  story.run(10 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("whatever happens under a lease is its holder's business; afterwards it is looked at anew", () => {
  const story = new Story({ gateway: {} }).run(MINUTE).hold("gateway", "deploy");
  const box = story.box("gateway");
  box.hung = true;
  story.run(5 * MINUTE);
  story.machine.stop(box);
  story.run(5 * SECOND);
  story.machine.renew(box, "sha256:2");
  story.machine.startByHand(box);
  story.run(5 * MINUTE);
  expect(story.phase("gateway")).toBe("held");
  story.release("gateway").run(MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert")).toEqual([]);
  // The deploy records its own.
  expect(story.of("ready")).toEqual([]);
});

test("a pause of everything holds everything, and ends with the lease", () => {
  const story = new Story({ gateway: {}, provider: {} }).run(MINUTE).hold("*", "an operator");
  story.box("gateway").hung = true;
  story.run(10 * MINUTE);
  expect(story.of("restart")).toEqual([]);
  story.release("*").run(10 * SECOND);
  expect(story.of("restart").map(({ service }) => service)).toEqual(["gateway"]);
});

test("nothing is done while the engine is down, nor in the first minute after", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.box("gateway").hung = true;
  story.engine(false).run(5 * MINUTE);
  expect(story.phase("gateway")).toBe("engine-down");
  expect(story.of("alert").map(({ level }) => level)).toEqual(["needs-you", "losing"]);
  story.engine(true);
  const backAt = story.machine.now;
  story.run(MINUTE + 10 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
  expect((story.of("restart")[0]?.at ?? 0) - backAt).toBeGreaterThanOrEqual(MINUTE);
});

test("the engine's return is awaited also by an agent that was started meanwhile", () => {
  const story = new Story({ gateway: {} }).run(MINUTE).engine(false).run(MINUTE);
  story.engineUp = true;
  story.killAgent();
  story.box("gateway").hung = true;
  const backAt = story.machine.now;
  story.run(2 * MINUTE);
  expect((story.of("restart")[0]?.at ?? 0) - backAt).toBeGreaterThanOrEqual(MINUTE);
});

test("before its first list, or a ping in vain, a watchdog says nothing of what it has not seen", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.engine(false).run(2 * MINUTE);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["needs-you", "losing"]);
  const stored = JSON.parse(JSON.stringify(story.state.durable));
  const incident = { ...stored.services["docker engine"].incident, told: "needs-you" };
  stored.services["docker engine"].incident = incident;
  const at = story.machine.now + MINUTE;
  const { state, actions } = decide(story.policy, revive(stored, at), { at, random: 0, type: "tick" });
  expect(actions).toEqual([]);
  const down = { at, random: 0, type: "engine", reachable: false } as const;
  const seen = decide(story.policy, state, down).actions;
  expect(seen.map((action) => (action.type === "alert" ? action.level : action.type))).toEqual([
    "losing",
    "event",
  ]);
});

test("what it needs and what answers at the first look holds nobody up: a hang right after the start is mended at once", () => {
  const gateway = { needs: ["database"], hasLive: true };
  const story = new Story({ gateway, database: { mode: "report", box: { bootMs: 0 } } }).run(2 * SECOND);
  expect(story.phase("gateway")).toBe("ready");
  story.box("gateway").hung = true;
  story.run(6 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("what it needs and what was seen not to answer, or to end, holds it up for 10 s more", () => {
  const needs = {
    gateway: { needs: ["database"] },
    database: { mode: "report", box: { bootMs: 200 } },
  } as const;
  const story = new Story(needs).run(10 * SECOND);
  expect(story.phase("gateway")).toBe("blocked");
  story.run(MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  const database = story.box("database");
  Object.assign(database, { bootMs: 0, state: "restarting", restartCount: 1 });
  story.machine.start(database);
  story.run(9 * SECOND);
  expect(story.phase("gateway")).toBe("blocked");
});

test("whose database is down is blocked: not restarted, not counted, watched again 10 s after", () => {
  const story = new Story({ gateway: { needs: ["database"] }, database: { mode: "report" } }).run(MINUTE);
  story.box("database").hung = true;
  story.box("gateway").hung = true;
  story.run(10 * MINUTE);
  expect(story.phase("gateway")).toBe("blocked");
  story.box("database").hung = false;
  story.box("gateway").hung = false;
  story.run(5 * SECOND);
  expect(story.phase("gateway")).toBe("blocked");
  story.run(MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  expect(story.of("restart")).toEqual([]);
  expect(story.of("incident").filter(({ service }) => service === "gateway")).toEqual([]);
  expect(story.of("alert").map(({ service, level }) => `${service} ${level}`)).toEqual([
    "database losing",
    "database healed",
  ]);
});

test("what is needed and held by somebody, but runs and was ready, blinds nobody", () => {
  const story = new Story({ gateway: { needs: ["database"] }, database: { mode: "report" } }).run(MINUTE);
  story.hold("database", "an operator").run(MINUTE);
  story.box("gateway").hung = true;
  story.run(10 * SECOND);
  expect(story.of("restart").map(({ service }) => service)).toEqual(["gateway"]);
});

test.each(["paused", "exited"] as const)("what is needed and held, and is %s, blocks", (state) => {
  const story = new Story({ gateway: { needs: ["database"] }, database: { mode: "report" } }).run(MINUTE);
  story.hold("database", "an operator");
  story.box("database").state = state;
  story.list();
  story.box("gateway").hung = true;
  story.run(10 * MINUTE);
  expect(story.phase("gateway")).toBe("blocked");
  expect(story.of("restart")).toEqual([]);
});

test("a need whose probe was never answered blocks nobody: the probe is the likelier fault", () => {
  const database = { mode: "report", box: { bootMs: Number.POSITIVE_INFINITY } } as const;
  const story = new Story({ gateway: { needs: ["database"] }, database }).run(10 * MINUTE);
  story.box("gateway").hung = true;
  story.run(10 * SECOND);
  expect(story.of("restart").map(({ service }) => service)).toEqual(["gateway"]);
});

test("apps that crash because their database went away open no circuit", () => {
  const story = new Story({ gateway: { needs: ["database"] }, database: { mode: "report" } }).run(MINUTE);
  const gateway = story.box("gateway");
  Object.assign(gateway, {
    dies: { afterMs: 200, exitCode: 1 },
    signature: "no database",
    bootMs: 5 * SECOND,
  });
  story.box("database").hung = true;
  story.machine.crash(gateway, 1);
  story.run(2 * MINUTE);
  expect(story.phase("gateway")).toBe("blocked");
  expect(story.of("docker-restarts")).toEqual([]);
  gateway.dies = undefined;
  story.box("database").hung = false;
  story.run(3 * MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  expect(story.of("restart")).toEqual([]);
});

test("the incident of a service that is deployed no more ends", () => {
  const story = new Story({ gateway: { mode: "report" }, provider: {} }).run(MINUTE);
  story.box("gateway").hung = true;
  story.run(20 * SECOND);
  delete (story.policy.services as Record<string, unknown>).gateway;
  story.machine.boxes.delete("gateway");
  story.run(MINUTE);
  expect(story.of("incident").at(-1)).toMatchObject({ change: "closed", service: "gateway" });
  expect(story.state.durable.services.gateway?.incident).toBeUndefined();
});

test("under host pressure two that fall silent together are only told", () => {
  const story = new Story({ gateway: {}, provider: {} }).run(MINUTE);
  story.send({ type: "pressure", diskFree: 0.5, memory: true, cpu: false });
  story.box("gateway").hung = true;
  story.box("provider").hung = true;
  story.run(5 * MINUTE);
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["losing", "losing"]);
  story.send({ type: "pressure", diskFree: 0.5, memory: false, cpu: false });
  story.run(MINUTE);
  expect(story.of("restart").map(({ service }) => service)).toEqual(["gateway", "provider"]);
});

test("under host pressure one alone is restarted while others answer", () => {
  const story = new Story({ gateway: {}, provider: {} }).run(MINUTE);
  story.send({ type: "pressure", diskFree: 0.5, memory: false, cpu: true });
  story.box("gateway").hung = true;
  story.run(10 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("a service that is only reported on: what would have been done is counted, once an incident", () => {
  const story = new Story({ database: { mode: "report" } }).run(MINUTE);
  for (let round = 0; round < 3; round += 1) {
    story.box("database").hung = true;
    story.run(5 * MINUTE);
    story.box("database").hung = false;
    story.run(5 * MINUTE);
  }
  expect(story.of("restart")).toEqual([]);
  expect(story.of("incident").filter(({ change }) => change === "would-restart")).toHaveLength(3);
  expect(story.of("alert").filter(({ level }) => level === "losing")).toHaveLength(3);
  expect(story.state.durable.services.database?.report).toMatchObject({ would: 3 });
  story.skipTo(story.machine.now + 72 * 60 * MINUTE);
  story.run(MINUTE);
  const record = story.of("alert").filter(({ incident }) => incident === undefined);
  expect(record.map(({ cause, level }) => `${level}: ${cause}`)).toEqual([
    "healed: the record of what would have been done is complete: it would have been restarted 3 times",
  ]);
});
