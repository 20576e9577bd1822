import { expect, test } from "bun:test";
import { onBeat } from "../../../agent/run/watch/beat.ts";

test("what is done every two seconds is done on every second beat, though each timer comes a little late", () => {
  let now = 12_345.6;
  const begun: number[] = [];
  for (const late of [0, 3, 18, 0.2, 7]) {
    now = onBeat(now + 2_000) + late;
    begun.push(Math.floor(now / 1_000));
  }
  expect(begun).toEqual([14, 16, 18, 20, 22]);
});

test("a timer that came a little early makes no round follow at once", () => {
  expect(onBeat(13_999 + 1_000)).toBe(15_000);
});

test("nothing is moved behind the time at which it is due, but for what a timer comes early", () => {
  for (const due of [2_000, 2_500.5, 2_994.9, 12_999]) expect(onBeat(due)).toBeLessThanOrEqual(due + 5);
});
