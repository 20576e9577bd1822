import { expect, test } from "bun:test";
import fc from "fast-check";
import { openTurn, type RotationSchedule } from "../../../agent/plan/rotate/open-turn.ts";
import { type OpenRotation, scheduledTurn } from "../../../agent/plan/rotate/schedule.ts";
import { openWindow } from "../../../agent/plan/rotate/window.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const begin = Date.UTC(2026, 10, 1);
const zone = () => 60;

const schedules: fc.Arbitrary<RotationSchedule | undefined> = fc.option(
  fc.record({
    every: fc.boolean(),
    between: fc.constantFrom("03:00-05:00", "23:30-00:30", "12:00-12:45"),
  }),
  { nil: undefined },
);
const opens: fc.Arbitrary<OpenRotation[]> = fc.array(
  fc.oneof(
    fc.record({
      state: fc.constant<OpenRotation["state"]>("soak"),
      soakUntil: fc.integer({ min: begin - DAY, max: begin + 3 * DAY }),
    }),
    fc.record({
      state: fc.constantFrom<OpenRotation["state"]>("staged", "committed", "undoing", "curing"),
      soakUntil: fc.constant(undefined),
    }),
  ),
  { maxLength: 2 },
);

/** Moments at which somebody who looks each minute for three days begins, and what. */
function turns(schedule: RotationSchedule | undefined, open: readonly OpenRotation[]) {
  let lastAt: number | undefined;
  const taken: { at: number; what: string }[] = [];
  for (let now = begin; now < begin + 3 * DAY; now += MINUTE) {
    const turn = scheduledTurn(schedule, { lastAt, open, isStart: now === begin }, now, zone);
    if (turn === undefined) continue;
    if (turn.do === "due") lastAt = now;
    taken.push({ at: now, what: turn.do });
  }
  return taken;
}

test("there is at most one start in a window, and none outside of it but at the beginning", () => {
  fc.assert(
    fc.property(schedules, opens, (schedule, open) => {
      const windows = turns(schedule, open).map(({ at, what }) => {
        if (what === "settle") expect(at).toBe(begin);
        return what === "due" ? openWindow(schedule?.between ?? "03:00-05:00", at, zone)?.opensAt : at;
      });
      expect(windows).not.toContain(undefined);
      expect(new Set(windows).size).toBe(windows.length);
    }),
    { numRuns: 60 },
  );
});

test("where a secret has every, each window has its start", () => {
  fc.assert(
    fc.property(schedules, opens, (schedule, open) => {
      if (schedule?.every !== true) return;
      expect(turns(schedule, open).filter(({ what }) => what === "due").length).toBe(3);
    }),
    { numRuns: 60 },
  );
});

test("without every and without an open rotation nothing is ever started", () => {
  expect(turns({ every: false }, [])).toEqual([]);
  expect(turns(undefined, [])).toEqual([]);
});

test("a soak that ends within the window is waited for: the turn comes when it is over", () => {
  const opensAt = begin + 2 * 60 * MINUTE;
  const soakUntil = opensAt + 20_000;
  const facts = { lastAt: undefined, open: [{ state: "soak", soakUntil } as const], isStart: false };
  for (const schedule of [{ every: true }, undefined]) {
    expect(scheduledTurn(schedule, facts, opensAt, zone)).toBeUndefined();
    expect(scheduledTurn(schedule, facts, soakUntil, zone)).toMatchObject({ do: "due" });
  }
});

test("at a start an interrupted rotation is seen to at once, one that still soaks is not", () => {
  const noon = begin + 12 * 60 * MINUTE;
  const at = (open: OpenRotation, isStart: boolean) =>
    scheduledTurn({ every: true }, { lastAt: undefined, open: [open], isStart }, noon, zone);
  expect(at({ state: "expanded", soakUntil: undefined }, true)).toEqual({ do: "settle" });
  expect(at({ state: "soak", soakUntil: noon - 1 }, true)).toEqual({ do: "settle" });
  expect(at({ state: "soak", soakUntil: noon + 1 }, true)).toBeUndefined();
  expect(at({ state: "expanded", soakUntil: undefined }, false)).toBeUndefined();
});

test("a start that was written by a clock which was ahead does not hold off those to come", () => {
  const opensAt = begin + 2 * 60 * MINUTE;
  const facts = { lastAt: opensAt + 400 * DAY, open: [], isStart: false };
  expect(scheduledTurn({ every: true }, facts, opensAt + MINUTE, zone)).toMatchObject({ do: "due" });
});

test("the quick look never misses a turn of a window", () => {
  fc.assert(
    fc.property(
      schedules,
      opens,
      fc.nat(3 * 1_440),
      fc.option(fc.nat(3 * 1_440), { nil: undefined }),
      (schedule, open, minute, last) => {
        const now = begin + minute * MINUTE;
        const lastAt = last === undefined ? undefined : begin + last * MINUTE;
        const turn = scheduledTurn(schedule, { lastAt, open, isStart: false }, now, zone);
        if (turn !== undefined) expect(openTurn(schedule, lastAt, now, zone)).toBeDefined();
      },
    ),
  );
});
