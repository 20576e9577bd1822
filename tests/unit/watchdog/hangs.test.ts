import { expect, test } from "bun:test";
import { Story } from "../../support/watchdog-story.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

test("a frozen service is restarted within 6 s, serves again, and its incident says what customers lost", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  const frozenAt = story.machine.now;
  story.box("gateway").hung = true;
  story.run(MINUTE);
  const [restart] = story.of("restart");
  expect(restart).toMatchObject({ service: "gateway", cause: "no answer within 1s" });
  expect((restart?.at ?? 0) - frozenAt).toBeLessThanOrEqual(6 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
  expect(story.phase("gateway")).toBe("ready");
  const [closed] = story.of("incident").filter(({ change }) => change === "closed");
  expect(closed).toMatchObject({ remedy: "in-place" });
  const lostMs = closed?.change === "closed" ? closed.lostMs : 0;
  expect(lostMs).toBeGreaterThan(3 * SECOND);
  expect(lostMs).toBeLessThan(8 * SECOND);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["healed"]);
  expect(story.of("ready").at(-1)).toMatchObject({ why: "restart", service: "gateway" });
  expect(Math.abs((story.of("ready").at(-1)?.ms ?? 0) - SECOND)).toBeLessThanOrEqual(100);
});

test("one that hangs right after its first good answer is restarted too: its liveness path was asked at once", () => {
  const story = new Story({ gateway: { hasLive: true } });
  while (story.phase("gateway") !== "ready") story.run(10);
  story.run(100);
  story.box("gateway").hung = true;
  story.run(20 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("what has recovered while the agent was away is no page, and its incident ends", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.failures.push("failed");
  story.box("gateway").hung = true;
  story.run(5_500);
  expect(story.state.durable.services.gateway?.incident?.outSince).toBeDefined();
  story.box("gateway").hung = false;
  story.killAgent().run(5 * MINUTE);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["healed"]);
  const [closed] = story.of("incident").filter(({ change }) => change === "closed");
  expect(closed?.change === "closed" ? closed.lostMs : 0).toBeLessThan(10 * SECOND);
});

test("one or two lost answers mean nothing", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  const box = story.box("gateway");
  for (let round = 0; round < 20; round += 1) {
    box.hung = true;
    story.run(1_900);
    box.hung = false;
    story.run(10 * SECOND);
  }
  expect(story.of("restart")).toEqual([]);
  expect(story.of("incident")).toEqual([]);
});

test("a silence shorter than the restart would cost is borne, a longer one is not", () => {
  const usual = { p50Ms: 20 * SECOND, p95Ms: 25 * SECOND };
  const story = new Story({ gateway: { usual, box: { bootMs: 20 * SECOND } } }).run(MINUTE);
  story.box("gateway").hung = true;
  story.run(18 * SECOND);
  expect(story.of("restart")).toEqual([]);
  story.run(8 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("what is alive though slow is told and not restarted, until it gives no sign for 30 s", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  const box = story.box("gateway");
  box.slow = true;
  story.run(10 * MINUTE);
  expect(story.phase("gateway")).toBe("slow");
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["needs-you"]);
  Object.assign(box, { slow: false, hung: true });
  story.run(45 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("what burns processor time without any answer is told at once, paged after a minute, restarted after two", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.box("gateway").spins = true;
  story.run(50 * SECOND);
  expect(story.phase("gateway")).toBe("slow");
  expect(story.of("alert").map(({ level }) => level)).toEqual(["needs-you"]);
  story.run(60 * SECOND);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["needs-you", "losing"]);
  expect(story.of("restart")).toEqual([]);
  story.run(30 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
  expect(story.phase("gateway")).toBe("ready");
});

test("ten seconds of garbage collection are slow, not silent", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.box("gateway").spins = true;
  story.run(10 * SECOND);
  story.box("gateway").spins = false;
  story.run(10 * MINUTE);
  expect(story.of("restart")).toEqual([]);
});

test("a 4xx is told and never restarts anything, not even a start that gives nothing else", () => {
  const story = new Story({ gateway: {}, provider: {} }).run(MINUTE);
  story.box("gateway").strange = true;
  story.box("provider").strange = true;
  story.machine.startByHand(story.box("provider"));
  story.box("provider").strange = true;
  story.run(30 * MINUTE);
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert").map(({ service, level }) => `${service} ${level}`)).toEqual([
    "gateway needs-you",
    "provider needs-you",
  ]);
});

test("rounds in which the agent's own timers are late are discarded", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.box("gateway").hung = true;
  for (let round = 0; round < 60; round += 1) {
    story.run(SECOND);
    story.send({ type: "lagged", lateMs: 800 });
  }
  expect(story.of("restart")).toEqual([]);
  story.run(6 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("a service that never answered a probe is not restarted for that: the probe is the likelier fault", () => {
  const story = new Story({ gateway: { box: { bootMs: Number.POSITIVE_INFINITY } } }).run(20 * MINUTE);
  expect(story.phase("gateway")).toBe("failed");
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["losing"]);
});

test("a liveness probe that was never answered well is a fault of configuration: told, never a restart", () => {
  const story = new Story({ gateway: { hasLive: true } }).run(5 * MINUTE);
  story.policy.services.gateway && Object.assign(story.policy.services.gateway, { probe: "another" });
  story.box("gateway").live = false;
  story.run(30 * MINUTE);
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["needs-you"]);
  expect(story.of("alert")[0]?.cause).toContain("never answered well");
  story.box("gateway").live = undefined;
  story.run(2 * MINUTE);
  story.box("gateway").hung = true;
  story.run(10 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("a start that does not become ready, though it is alive, is told and not restarted", () => {
  const story = new Story({ gateway: { hasLive: true } }).run(5 * MINUTE);
  const box = story.box("gateway");
  Object.assign(box, { bootMs: Number.POSITIVE_INFINITY, live: true });
  story.machine.startByHand(box);
  story.run(30 * MINUTE);
  expect(story.of("restart")).toEqual([]);
  expect(story.phase("gateway")).toBe("failed");
  expect(story.of("alert").map(({ level }) => level)).toEqual(["losing"]);
  box.bootMs = SECOND;
  story.run(MINUTE);
  expect(story.phase("gateway")).toBe("ready");
});

test("a start that neither becomes ready nor is alive is tried again", () => {
  const story = new Story({ gateway: { hasLive: true } }).run(5 * MINUTE);
  Object.assign(story.box("gateway"), { bootMs: Number.POSITIVE_INFINITY, live: false });
  story.machine.startByHand(story.box("gateway"));
  story.run(3 * MINUTE);
  expect(story.of("restart")).toHaveLength(1);
});

test("a restart that fails is tried again later, one that came to nothing costs no budget", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.failures.push("moot", "failed");
  const box = story.box("gateway");
  box.hung = true;
  story.run(MINUTE);
  const [moot, failed, done] = story.of("restart").map(({ at }) => at);
  expect(story.of("restart")).toHaveLength(3);
  expect((failed ?? 0) - (moot ?? 0)).toBeGreaterThanOrEqual(10 * SECOND);
  expect((done ?? 0) - (failed ?? 0)).toBeGreaterThanOrEqual(10 * SECOND);
  expect(story.state.durable.restarts).toHaveLength(2);
  expect(story.phase("gateway")).toBe("ready");
});

test("one restart at a time: the second waits until the first has stopped and started", () => {
  const story = new Story({ gateway: {}, provider: {} }).run(MINUTE);
  story.restartMs = 25 * SECOND;
  story.box("gateway").hung = true;
  story.box("provider").hung = true;
  story.run(2 * MINUTE);
  const [first, second] = story.of("restart").map(({ at }) => at);
  expect(story.of("restart")).toHaveLength(2);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(25 * SECOND);
});

test("a life is not restarted twice: one that is said to be done is waited for before it is tried again", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.failures.push("unseen");
  story.box("gateway").hung = true;
  story.run(25 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
  story.run(20 * SECOND);
  expect(story.of("restart")).toHaveLength(2);
  expect(story.phase("gateway")).toBe("ready");
});
