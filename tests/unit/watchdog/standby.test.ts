import { expect, test } from "bun:test";
import { Story } from "../../support/watchdog-story.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function withStandby(): Story {
  return new Story({ gateway: { standby: true, usual: { p50Ms: 1_000, p95Ms: 1_500 } } }).run(MINUTE);
}

test("a sick serving one is left for the warm standby at once, then mended as the new standby", () => {
  const story = withStandby();
  const frozenAt = story.machine.now;
  story.box("gateway-blue").hung = true;
  story.run(MINUTE);
  const [flip] = story.of("flip");
  expect(flip).toMatchObject({ instance: "gateway-green", from: "gateway-blue" });
  expect((flip?.at ?? 0) - frozenAt).toBeLessThanOrEqual(6 * SECOND);
  expect(story.of("restart").map(({ instance }) => instance)).toEqual(["gateway-blue"]);
  expect(story.box("gateway-green").role).toBe("serving");
  expect(story.of("alert").map(({ level }) => level)).toEqual(["healed"]);
  const closed = story.of("incident").find(({ change }) => change === "closed");
  expect(closed?.change === "closed" ? closed.remedy : undefined).toBe("standby");
});

test("a flip waits for no budget: not for a pause, not for another service's restart", () => {
  const story = new Story({ gateway: { standby: true }, provider: {} }).run(MINUTE);
  story.box("provider").hung = true;
  story.run(500);
  story.box("gateway-blue").hung = true;
  story.run(8 * SECOND);
  expect(story.of("flip")).toHaveLength(1);
  expect(story.of("restart").map(({ service }) => service)).toEqual(["provider"]);
  story.run(20 * SECOND);
  expect(story.of("restart").map(({ service }) => service)).toEqual(["provider", "gateway"]);
});

test("a sick standby is mended without a page, while the other one serves", () => {
  const story = withStandby();
  story.box("gateway-green").hung = true;
  story.run(5 * MINUTE);
  expect(story.of("flip")).toEqual([]);
  expect(story.of("restart").map(({ instance }) => instance)).toEqual(["gateway-green"]);
  expect(story.of("alert").map(({ level }) => level)).toEqual(["healed"]);
  expect(story.phase("gateway")).toBe("ready");
});

test("a standby whose circuit opens is a message, not a page", () => {
  const story = withStandby();
  for (let round = 0; round < 10; round += 1) {
    story.box("gateway-green").hung = true;
    story.run(2 * MINUTE);
  }
  const told = story.of("alert").map(({ level }) => level);
  expect(told).not.toContain("losing");
  expect(told.at(-1)).toBe("needs-you");
});

test("a standby that loops takes nothing from the one that serves: Docker still starts that again", () => {
  const story = withStandby();
  for (let round = 0; round < 10; round += 1) {
    story.box("gateway-green").hung = true;
    story.run(2 * MINUTE);
  }
  expect(story.of("docker-restarts").map(({ instance }) => instance)).toEqual(["gateway-green"]);
  expect(story.phase("gateway")).toBe("ready");
  story.machine.crash(story.box("gateway-blue"), 1);
  story.run(10 * SECOND);
  expect(story.machine.serves(story.box("gateway-blue"))).toBe(true);
});

test("the one that serves is restarted though its standby's circuit is open", () => {
  const story = withStandby();
  for (let round = 0; round < 6; round += 1) {
    story.box("gateway-green").hung = true;
    story.run(2 * MINUTE);
  }
  story.box("gateway-green").hung = true;
  story.run(10 * MINUTE);
  const before = story.of("restart").length;
  story.box("gateway-blue").hung = true;
  story.run(30 * SECOND);
  expect(
    story
      .of("restart")
      .slice(before)
      .map(({ instance }) => instance),
  ).toEqual(["gateway-blue"]);
  expect(story.machine.serves(story.box("gateway-blue"))).toBe(true);
});

test("two sick ones are not swapped for each other", () => {
  const story = withStandby();
  story.box("gateway-blue").hung = true;
  story.box("gateway-green").hung = true;
  story.run(MINUTE);
  expect(story.of("restart").length).toBeGreaterThanOrEqual(1);
  expect(story.phase("gateway")).toBe("ready");
});

test("a container whose network has gone is mended although it answers its own probe", () => {
  const story = new Story({ child: {} }).run(MINUTE);
  story.box("child").orphaned = true;
  story.list();
  story.run(20 * SECOND);
  expect(story.of("restart")).toHaveLength(1);
  expect(story.of("restart")[0]?.cause).toContain("network");
});
