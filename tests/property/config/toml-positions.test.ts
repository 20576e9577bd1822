import { expect, test } from "bun:test";
import TOML from "@iarna/toml";
import fc from "fast-check";
import { positionAt, TomlPositions } from "../../../agent/config/toml-positions.ts";
import { tomlDocument } from "./toml-document.ts";

test("the position found for a path is the one where its key, and its value, was written", () => {
  fc.assert(
    fc.property(tomlDocument, ({ text, places }) => {
      parsed(text);
      const positions = new TomlPositions(text);
      for (const place of places) {
        expect(positions.key(place.path)).toEqual(positionAt(text, place.key));
        expect(positions.value(place.path)).toEqual(positionAt(text, place.value ?? place.key));
      }
    }),
    { numRuns: 300 },
  );
});

test("every path that the parser knows has a position", () => {
  fc.assert(
    fc.property(tomlDocument, ({ text }) => {
      const positions = new TomlPositions(text);
      for (const path of pathsOf(parsed(text))) expect(positions.has(path)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("any text at all is walked to its end", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...`ab.="'[]{},#\n\r \\é`) }), (text) => {
      for (const entry of new TomlPositions(text).entries) {
        expect(entry.keyOffset).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** The parser takes no carriage return behind a comment; `parseToml` removes it, too. */
function parsed(text: string): unknown {
  return TOML.parse(text.replaceAll("\r\n", "\n"));
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const own = path.length === 0 ? [] : [path];
  if (Array.isArray(value)) {
    return [...own, ...value.flatMap((item, index) => pathsOf(item, [...path, index]))];
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return own;
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}
