import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isKeyId, keyRequest } from "../../../stack/provider/lib/keys/key-request.ts";

const accepts = (body: unknown) => keyRequest.safeParse(body).success;

describe("a request for a key", () => {
  test("takes a name and a mode, and trims the name", () => {
    expect(keyRequest.parse({ name: "  Shop backend ", mode: "live" })).toEqual({
      name: "Shop backend",
      mode: "live",
    });
  });

  test.each([
    [{ name: "a", mode: "prod" }],
    [{ name: "", mode: "test" }],
    [{ name: "   ", mode: "test" }],
    [{ name: "x".repeat(81), mode: "test" }],
    [{ name: "a\u0000b", mode: "test" }],
    [{ name: "a\nb", mode: "test" }],
    [{ name: "half \ud83d", mode: "test" }],
    [{ name: 5, mode: "test" }],
    [{ mode: "test" }],
    [{ name: "a", mode: "test", userId: "somebody else" }],
    [undefined],
    [null],
    [[]],
    ["text"],
  ])("refuses %p", (body) => {
    expect(accepts(body)).toBe(false);
  });

  test("takes any name that people can read, in any script", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() !== "" && text.length <= 80 && !/[\p{Cc}\p{Cs}]/u.test(text));
    fc.assert(fc.property(name, (text) => accepts({ name: text, mode: "test" })));
  });

  test("never throws, whatever the body", () => {
    fc.assert(fc.property(fc.anything(), (body) => typeof accepts(body) === "boolean"));
  });
});

test("only a uuid can be the id of a key", () => {
  fc.assert(fc.property(fc.uuid(), isKeyId));
  expect(isKeyId("1")).toBe(false);
  expect(isKeyId("../../health")).toBe(false);
  expect(isKeyId("6f1c9a52-0000-0000-0000-00000000000g")).toBe(false);
});
