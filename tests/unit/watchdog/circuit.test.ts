import { expect, test } from "bun:test";
import { Story } from "../../support/watchdog-story.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** It hangs again every two minutes. */
function flapping(story: Story, instance: string, times: number): void {
  for (let round = 0; round < times; round += 1) {
    story.box(instance).hung = true;
    story.run(2 * MINUTE);
  }
}

test("pauses between restarts grow, by what is drawn for them, and begin anew after ten calm minutes", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.box("gateway").bootMs = 100;
  story.random = 1;
  for (let step = 0; step < 60 * 4; step += 1) {
    story.box("gateway").hung = true;
    story.run(SECOND);
  }
  const times = story.of("restart").map(({ at }) => at);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  // 5, 15 and 45 s, and a fifth over; the first is held up by the 10 s that lie between any two.
  for (const [index, seconds] of [10, 18, 54].entries())
    expect(gaps[index]).toBeGreaterThanOrEqual(seconds * SECOND);
  story.box("gateway").hung = false;
  story.run(12 * MINUTE);
  expect(story.state.durable.services.gateway?.step).toBe(0);
});

test("the fifth restart in 15 minutes is the last: the circuit opens, Docker's loop is ended, a person is told", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  flapping(story, "gateway", 8);
  expect(story.of("restart")).toHaveLength(5);
  expect(story.phase("gateway")).toBe("open");
  expect(story.of("docker-restarts")[0]).toMatchObject({ allow: false });
  expect(story.of("alert").filter(({ level }) => level === "losing").length).toBeGreaterThan(0);
});

test("a crash loop that was ended is stopped by nobody, though Docker still shows its former policy", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  const box = story.box("gateway");
  flapping(story, "gateway", 8);
  Object.assign(box, { state: "exited", exitCode: 1, dockerRestarts: true });
  story.list();
  expect(story.phase("gateway")).toBe("open");
  expect(box.dockerRestarts).toBe(false);
  story.run(MINUTE);
  expect(story.phase("gateway")).toBe("open");
});

test("an open circuit is tried after 30, 60 and then each 120 minutes", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  flapping(story, "gateway", 8);
  const openedAt = story.of("docker-restarts")[0]?.at ?? 0;
  for (let minute = 0; minute < 8 * 60; minute += 1) {
    story.box("gateway").hung = true;
    story.run(MINUTE);
  }
  const tries = story
    .of("restart")
    .slice(5)
    .map(({ at }) => Math.round((at - openedAt) / MINUTE));
  // From when the one before was seen to fail, which is a minute after it here.
  expect(tries).toEqual([30, 91, 212, 333, 454]);
});

test("who answers now and then under an open circuit is tried when that was due, however often it answers", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  flapping(story, "gateway", 8);
  const openedAt = story.of("docker-restarts")[0]?.at ?? 0;
  const tried = () => story.of("restart").slice(5);
  while (tried().length === 0 && story.machine.now - openedAt < 90 * MINUTE) {
    story.box("gateway").hung = false;
    story.run(20 * SECOND);
    story.box("gateway").hung = true;
    story.run(4 * MINUTE);
  }
  const [first] = tried();
  // At its time, or as soon as it is sick again after that.
  expect((first?.at ?? Number.POSITIVE_INFINITY) - openedAt).toBeLessThanOrEqual(31 * MINUTE);
  story.run(MINUTE);
  story.box("gateway").hung = true;
  story.run(50 * MINUTE);
  expect(tried()).toHaveLength(1);
});

test("a try that holds for ten minutes closes the circuit and gives Docker its restarts back", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  flapping(story, "gateway", 8);
  story.run(31 * MINUTE);
  expect(story.phase("gateway")).toBe("half-open");
  expect(story.box("gateway").dockerRestarts).toBe(false);
  story.run(10 * MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  expect(story.box("gateway").dockerRestarts).toBe(true);
  expect(story.of("alert").at(-1)).toMatchObject({ level: "healed" });
  expect(story.of("alert").filter(({ level }) => level === "losing")).toHaveLength(1);
});

test.each([
  ["a new version of a secret", (story: Story) => Object.assign(story.box("gateway"), { secrets: "2" })],
  ["an operator's word", (story: Story) => story.send({ type: "resumed", service: "gateway" })],
])("%s tries an open circuit at once", (_name, act) => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  flapping(story, "gateway", 8);
  const before = story.of("restart").length;
  act(story);
  story.run(15 * SECOND);
  expect(story.of("restart")).toHaveLength(before + 1);
});

test("a new image is a try of its own", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  flapping(story, "gateway", 8);
  const before = story.of("restart").length;
  const box = story.box("gateway");
  story.hold("gateway", "deploy");
  story.machine.stop(box);
  story.machine.renew(box, "sha256:2");
  story.machine.startByHand(box);
  story.release("gateway").run(MINUTE);
  expect(story.phase("gateway")).toBe("half-open");
  story.run(11 * MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  expect(story.of("restart")).toHaveLength(before);
});

test("Docker's own restarts count: a crash loop is ended at the fifth", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  Object.assign(story.box("gateway"), { bootMs: 100, dies: { afterMs: 12 * SECOND, exitCode: 1 } });
  story.machine.crash(story.box("gateway"), 1);
  story.run(10 * MINUTE);
  expect(story.phase("gateway")).toBe("open");
  expect(story.of("restart")).toEqual([]);
  expect(story.state.durable.services.gateway?.docker).toHaveLength(5);
  expect(story.box("gateway").state).toBe("exited");
});

test("a worker that ends with 0 and is started again by Docker loops by design: no incident, no circuit", () => {
  const box = { bootMs: 0, dies: { afterMs: MINUTE, exitCode: 0 } };
  const story = new Story({ worker: { probed: false, box } }).run(60 * MINUTE);
  expect(story.of("docker-restarts")).toEqual([]);
  expect(story.of("incident")).toEqual([]);
  expect(story.of("alert")).toEqual([]);
});

test("two starts that were never ready and ended alike open it early", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  const dies = { afterMs: 300, exitCode: 78 };
  Object.assign(story.box("gateway"), { bootMs: 5 * SECOND, dies, signature: "API_KEY is missing" });
  story.machine.crash(story.box("gateway"), 1);
  story.run(MINUTE);
  expect(story.phase("gateway")).toBe("open");
  // The third was on its way when the second ended.
  expect(story.state.durable.services.gateway?.docker.length).toBeLessThanOrEqual(3);
  expect(story.box("gateway").state).toBe("exited");
  expect(story.of("alert").at(-1)?.cause).toContain("ended alike");
});

test("two kills for memory within ten minutes open it; the first is told with the limit, as its owner writes it", () => {
  const box = { memoryLimitBytes: 256 * 1024 * 1024 };
  const story = new Story({ gateway: { box } }).run(MINUTE);
  story.machine.crash(story.box("gateway"), 137, true);
  story.run(MINUTE);
  const cause = "it needs more memory than its limit of 256 MiB";
  expect(story.of("alert")[0]).toMatchObject({ level: "needs-you", cause });
  expect(story.phase("gateway")).toBe("ready");
  story.machine.crash(story.box("gateway"), 137, true);
  story.run(MINUTE);
  expect(story.phase("gateway")).toBe("half-open");
  expect(story.of("docker-restarts")).toHaveLength(1);
});

test("a process killed from outside is Docker's to start again: counted, measured, not done twice", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  story.machine.crash(story.box("gateway"), 137);
  story.run(MINUTE);
  expect(story.of("restart")).toEqual([]);
  expect(story.of("ready").at(-1)).toMatchObject({ why: "docker" });
  const closed = story.of("incident").find(({ change }) => change === "closed");
  expect(closed?.change === "closed" ? closed.lostMs : 0).toBeGreaterThan(SECOND);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["healed"]);
});

test("what Docker does not start again is started", () => {
  const story = new Story({ gateway: { box: { dockerRestarts: false } } }).run(MINUTE);
  story.machine.crash(story.box("gateway"), 1);
  story.run(10 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
  expect(story.phase("gateway")).toBe("ready");
});

test("what Docker could not start was stopped by nobody", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  Object.assign(story.box("gateway"), { state: "exited", exitCode: 127, startError: "no such folder" });
  story.list();
  story.run(10 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("a restart that only waits for its app to be ready holds up nobody: the next one begins 10 s after it", () => {
  const story = new Story({ gateway: {}, provider: {} }).run(MINUTE);
  story.awaitMs = 5 * MINUTE;
  story.box("gateway").hung = true;
  story.run(6 * SECOND);
  story.box("provider").hung = true;
  story.run(20 * SECOND);
  const [first, second, ...others] = story.of("restart");
  expect([first?.service, second?.service]).toEqual(["gateway", "provider"]);
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(10 * SECOND);
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThanOrEqual(11 * SECOND);
  expect(others).toEqual([]);
});

test("a stop that takes a long grace holds the others up for half a minute", () => {
  const story = new Story({ gateway: {}, provider: {} }).run(MINUTE);
  story.restartMs = 5 * MINUTE;
  story.box("gateway").hung = true;
  story.box("provider").hung = true;
  story.run(MINUTE);
  const [first, second, ...others] = story.of("restart").map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(30 * SECOND);
  expect((second ?? Number.POSITIVE_INFINITY) - (first ?? 0)).toBeLessThanOrEqual(31 * SECOND);
  expect(others).toEqual([]);
});

test("all services together get eight restarts in 15 minutes, ten seconds apart, one at a time", () => {
  const names = Array.from({ length: 12 }, (_, index) => `app${index}`);
  const story = new Story(Object.fromEntries(names.map((name) => [name, {}]))).run(MINUTE);
  for (const name of names) story.box(name).hung = true;
  story.run(14 * MINUTE);
  const times = story.of("restart").map(({ at }) => at);
  expect(times).toHaveLength(8);
  for (const [index, at] of times.slice(1).entries())
    expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(10_000);
  const restarted = new Set(story.of("restart").map(({ service }) => service));
  const paged = story.of("alert").filter(({ level }) => level === "losing");
  for (const name of names.filter((each) => !restarted.has(each)))
    expect(paged.filter(({ service }) => service === name)).toHaveLength(1);
});
