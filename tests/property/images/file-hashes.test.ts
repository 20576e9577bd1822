import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type FileHashes,
  keepHashes,
  knownHash,
  parseFileHashes,
} from "../../../agent/plan/images/file-hashes.ts";

const SHA = "a".repeat(64);
const file = fc.record({
  path: fc.stringMatching(/^[a-z]{1,3}$/),
  stamp: fc.constantFrom("1", "2", "3"),
  changedAtMs: fc.integer({ min: 0, max: 10_000 }),
  hash: fc.constant(SHA),
});
const files = fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 6 });

test("a hash is known again only for the file as it was, and only when it had settled before it was read", () => {
  fc.assert(
    fc.property(
      files,
      fc.integer({ min: 0, max: 15_000 }),
      fc.constantFrom("1", "2", "3"),
      (found, atMs, stamp) => {
        const kept = keepHashes({}, "/app", found, atMs);
        for (const each of found) {
          const expected = each.stamp === stamp && each.changedAtMs + 2_000 < atMs ? SHA : undefined;
          expect(knownHash(kept, "/app", { path: each.path, stamp })).toBe(expected);
          expect(knownHash(kept, "/other", each)).toBeUndefined();
        }
      },
    ),
  );
});

test("what was known stays known, other folders stay, and what is gone is forgotten", () => {
  const old: FileHashes = { "/app": { a: ["1", SHA], gone: ["1", SHA] }, "/lib": { b: ["1", SHA] } };
  const kept = keepHashes(old, "/app", [{ path: "a", stamp: "1", changedAtMs: 5_000, hash: SHA }], 5_001);
  expect(kept).toEqual({ "/app": { a: ["1", SHA] }, "/lib": { b: ["1", SHA] } });
});

test("what is written down is read again, and anything else counts as nothing", () => {
  fc.assert(
    fc.property(files, (found) => {
      const kept = keepHashes({}, "/app", found, 1e6);
      expect(parseFileHashes(JSON.stringify(kept))).toEqual(kept);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parseFileHashes(text)).not.toThrow();
    }),
  );
  for (const broken of [
    undefined,
    "",
    "{",
    "[]",
    '{"/a":1}',
    '{"/a":{"f":["1"]}}',
    '{"/a":{"f":["1","short"]}}',
  ])
    expect(parseFileHashes(broken)).toEqual({});
});
