import { expect, test } from "bun:test";
import fc from "fast-check";
import type { SoloflowError } from "../../../agent/core/errors.ts";
import { Place } from "../../../agent/host/engine/place.ts";
import { readContainer } from "../../../agent/host/engine/read-container.ts";
import { readImage } from "../../../agent/host/engine/read-image.ts";
import { readInfo, readNetworks, readVolumes } from "../../../agent/host/engine/read-machine.ts";
import { readStats } from "../../../agent/host/engine/stats.ts";

const readers = [
  readContainer,
  readImage,
  readNetworks,
  readVolumes,
  readStats,
  (answer: Place) => readInfo(answer, "1.45"),
];

test("whatever Docker answers, a reader gives its type or an error that names the place", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const read of readers) {
        try {
          read(new Place(value, "GET /x"));
        } catch (thrown) {
          expect((thrown as SoloflowError).code).toBe("engine");
          expect((thrown as SoloflowError).message).toContain("GET /x");
        }
      }
    }),
  );
});

test("an error says what was found and what should be there", () => {
  const answer = new Place({ State: { Status: "melting" } }, "GET /c");
  expect(() => answer.at("State").at("Status").oneOf(["running", "exited"])).toThrow(
    `docker's answer is not understood: GET /c.State.Status is "melting", not running, exited`,
  );
  expect(() => answer.at("Id").string()).toThrow("GET /c.Id is nothing, not a string");
  expect(() => answer.at("State").list()).toThrow("not a list");
});

test("null is an empty list and an empty record, as the engine writes them", () => {
  const answer = new Place({ nothing: null }, "x");
  expect(answer.at("nothing").strings()).toEqual([]);
  expect(answer.at("nothing").texts()).toEqual({});
  expect(answer.at("absent").entries()).toEqual([]);
});

test("names that every object has are not taken for Docker's", () => {
  expect(new Place({}, "x").at("constructor").optional()).toBeUndefined();
  expect(new Place({}, "x").at("__proto__").optional()).toBeUndefined();
});
