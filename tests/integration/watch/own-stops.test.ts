import { expect, test } from "bun:test";
import { OwnStops } from "../../../agent/run/watch/own-stops.ts";

test("a stop that comes before a restart begins is a person's, one that comes of it is not", () => {
  let now = 1_000;
  const stops = new OwnStops(() => now);
  const stop = (at: number) => stops.isForeign({ action: "stop", id: "blue", at, labels: {} }, undefined);
  expect(stop(1_000)).toBe(true);
  expect(stops.isAsked("blue")).toBe(true);
  now = 40_000;
  expect(stops.isAsked("blue")).toBe(false);
  const touch = stops.touching("blue");
  expect(stop(40_001)).toBe(false);
  expect(stops.isAsked("blue")).toBe(false);
  touch.end();
});
