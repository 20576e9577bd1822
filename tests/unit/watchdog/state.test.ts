import { expect, test } from "bun:test";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { initialState, revive } from "../../../agent/plan/watchdog/state.ts";
import { viewOf } from "../../../agent/plan/watchdog/view.ts";
import { Story } from "../../support/watchdog-story.ts";

const MINUTE = 60_000;

function refused(json: unknown): string {
  try {
    revive(json, 0);
  } catch (thrown) {
    if (thrown instanceof SoloflowError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  return "taken";
}

test("a state of another version, or one that is damaged, is refused with what is wrong", () => {
  const { durable } = initialState(1);
  expect(refused({ ...durable, version: 2 })).toBe("watch-state: watch state.version is not one of 1");
  expect(refused({ ...durable, restarts: [1, "2"] })).toBe(
    "watch-state: watch state.restarts[1] is not a number",
  );
  expect(refused({ ...durable, services: { gateway: { own: 1 } } })).toBe(
    "watch-state: watch state.services.gateway.own is not a list",
  );
  expect(refused(null)).toBe("watch-state: watch state is not an object");
});

test("members that a newer agent added are kept", () => {
  const { durable } = initialState(1);
  expect(revive({ ...durable, added: true }, 1).durable).toMatchObject({ added: true });
});

test("the time goes on from what was stored, even where the machine's clock went back", () => {
  const story = new Story({ gateway: {} }).run(5 * MINUTE);
  const revived = revive(JSON.parse(JSON.stringify(story.state.durable)), 0);
  expect(story.machine.now - revived.live.at).toBeLessThanOrEqual(MINUTE);
});

test("what is shown of a service: phase, cause, since when, how often restarted, when tried next", () => {
  const story = new Story({ gateway: {} }).run(MINUTE);
  expect(viewOf(story.policy, story.state, "gateway")).toMatchObject({
    phase: "ready",
    restarts15m: 0,
    nextTryAt: undefined,
  });
  story.box("gateway").bootMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round += 1) {
    story.box("gateway").hung = true;
    story.run(2 * MINUTE);
  }
  const view = viewOf(story.policy, story.state, "gateway");
  expect(view?.phase).toBe("open");
  expect(view?.nextTryAt).toBeGreaterThan(story.machine.now);
  expect(viewOf(story.policy, story.state, "nobody")).toBeUndefined();
});
