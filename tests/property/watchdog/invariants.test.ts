import { expect, test } from "bun:test";
import fc from "fast-check";
import type { WatchEvent } from "../../../agent/plan/watchdog/model.ts";
import { initialState, revive, type WatchState } from "../../../agent/plan/watchdog/state.ts";
import { decide } from "../../../agent/plan/watchdog.ts";
import { Invariants } from "../../support/watchdog-invariants.ts";
import { Story } from "../../support/watchdog-story.ts";
import { type Deed, deeds, harmless, live, world } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const RUNS = { numRuns: Number(process.env.WATCHDOG_RUNS ?? 25), includeErrorInReport: true };

function names(all: readonly Deed[]): string {
  return all.map(({ name }) => name).join("; ");
}

test("whatever happens, no promise is broken: budget, hands off, one restart a life, one page an incident, input untouched", () => {
  fc.assert(
    fc.property(deeds, (all) => {
      const { story, invariants } = world();
      try {
        live(story, invariants, all);
      } catch (thrown) {
        throw new Error(`${String(thrown)} after: ${names(all)}`, { cause: thrown });
      }
    }),
    RUNS,
  );
});

test("a 4xx, a slow answer, a starved agent or machine never restart anything", () => {
  fc.assert(
    fc.property(harmless, (all) => {
      const { story, invariants } = world();
      live(story, invariants, all);
      expect(story.of("restart")).toEqual([]);
      expect(story.of("flip")).toEqual([]);
    }),
    RUNS,
  );
});

test("the same events give the same state and actions; a cut anywhere forgets nothing that is stored", () => {
  fc.assert(
    fc.property(deeds, fc.double({ min: 0, max: 1, noNaN: true }), (all, where) => {
      const { story } = world();
      const events: WatchEvent[] = [];
      const fresh = new Story({}).state;
      story.seen = (event) => events.push(event);
      live(
        story,
        new Invariants(new Story({})),
        all.filter(({ name }) => !name.startsWith("the agent")),
      );
      const fold = (from: WatchState, some: readonly WatchEvent[]) =>
        some.reduce((state, event) => decide(story.policy, state, event).state, from);
      const once = fold(fresh, events);
      expect(fold(fresh, events)).toEqual(once);
      const cut = fold(fresh, events.slice(0, Math.floor(events.length * where)));
      const revived = revive(JSON.parse(JSON.stringify(cut.durable)), 0);
      expect(revived.durable).toEqual(cut.durable);
      expect(revived.live.at).toBeGreaterThanOrEqual(cut.durable.at);
    }),
    { numRuns: 8 },
  );
});

test("`durable` is another object exactly when it differs", () => {
  fc.assert(
    fc.property(deeds, (all) => {
      const { story, invariants } = world();
      const seen = story.seen;
      let last = { identity: story.state.durable, text: JSON.stringify(story.state.durable) };
      story.seen = (event, before, actions) => {
        seen(event, before, actions);
        const text = JSON.stringify(story.state.durable);
        if (story.state.durable === last.identity) expect(text).toBe(last.text);
        last = { identity: story.state.durable, text };
      };
      live(story, invariants, all.slice(0, 6));
    }),
    { numRuns: 5 },
  );
});

test("a frozen service is restarted in time, and serves again, whenever it freezes and whatever its restart costs", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 * SECOND }),
      fc.integer({ min: 100, max: 90 * SECOND }),
      (whenMs, p50Ms) => {
        const usual = { p50Ms, p95Ms: p50Ms };
        const story = new Story({ gateway: { usual, box: { bootMs: p50Ms } }, other: {} });
        const invariants = new Invariants(story);
        story.run(p50Ms + 5 * SECOND + whenMs);
        story.box("gateway").hung = true;
        const frozenAt = story.machine.now;
        story.run(2 * MINUTE);
        const [restart] = story.of("restart");
        const bound = Math.max(3 * SECOND, Math.min(p50Ms, MINUTE) + SECOND) + 2 * SECOND + 100;
        expect((restart?.at ?? Number.POSITIVE_INFINITY) - frozenAt).toBeLessThanOrEqual(bound);
        story.run(p50Ms);
        expect(story.phase("gateway")).toBe("ready");
        expect(invariants.restarts).toHaveLength(1);
      },
    ),
    RUNS,
  );
});

test("a state that was never watched is the beginning of every replay", () => {
  expect(initialState(5).durable).toEqual(
    revive(JSON.parse(JSON.stringify(initialState(5).durable)), 5).durable,
  );
});
