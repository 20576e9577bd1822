import { expect, test } from "bun:test";
import { nextLook } from "../../../agent/plan/watchdog.ts";
import { Story } from "../../support/watchdog-story.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HEALTHY = { status: "healthy", failing: false, stale: false } as const;
const UNHEALTHY = { status: "unhealthy", failing: true, stale: false } as const;

test("Docker's unhealthy is a reason to ask at once, and none to restart what answers", () => {
  const story = new Story({ gateway: { box: { health: HEALTHY } } }).run(MINUTE);
  story.box("gateway").health = UNHEALTHY;
  story.list();
  expect(nextLook(story.policy, story.state, "gateway")).toBe(0);
  story.run(10 * MINUTE);
  expect(story.phase("gateway")).toBe("ready");
  expect(story.of("restart")).toEqual([]);
});

test("a service without a probe of its own is judged by Docker's health", () => {
  const story = new Story({ worker: { probed: false, box: { health: HEALTHY } } }).run(MINUTE);
  expect(nextLook(story.policy, story.state, "worker")).toBeUndefined();
  story.box("worker").health = UNHEALTHY;
  story.list();
  story.run(2 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
});

test("unhealthy below its retries, or of a check that hangs, restarts nothing; the latter is told", () => {
  const story = new Story({ worker: { probed: false, box: { health: HEALTHY } } }).run(MINUTE);
  story.box("worker").health = { status: "unhealthy", failing: false, stale: false };
  story.run(MINUTE);
  story.box("worker").health = { status: "unhealthy", failing: true, stale: true };
  story.run(10 * MINUTE);
  expect(story.of("restart")).toEqual([]);
  expect(story.of("alert").map(({ level, cause }) => `${level}: ${cause}`)).toEqual([
    "needs-you: docker's health check hangs: its last result is old",
  ]);
});

test("a service without any check is as well as its process", () => {
  const story = new Story({ worker: { probed: false } }).run(MINUTE);
  expect(story.phase("worker")).toBe("ready");
  expect(story.of("ready")).toEqual([]);
});
