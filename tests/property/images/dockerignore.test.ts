import { expect, test } from "bun:test";
import fc from "fast-check";
import { dockerignore } from "../../../agent/plan/images/dockerignore.ts";

const name = fc.constantFrom("a", "b", "ab", "c.md", "(x)", "e+", "[z]");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const paths = fc.uniqueArray(path, { minLength: 1, maxLength: 12 });
const part = fc.constantFrom("a", "b", "*", "**", "?", "*.md", "a*", "[ab]", "(x)", "e+", "\\[z\\]");
const pattern = fc
  .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 3 }))
  .map(([includes, parts]) => `${includes ? "!" : ""}${parts.join("/")}`);
const text = fc.array(pattern, { maxLength: 5 }).map((lines) => lines.join("\n"));

const folders = (file: string) =>
  file
    .split("/")
    .slice(0, -1)
    .map((_, at, parts) => parts.slice(0, at + 1).join("/"));

test("a walk that skips folders finds the same files as one that does not", () => {
  fc.assert(
    fc.property(text, paths, (ignore, files) => {
      const filter = dockerignore(ignore);
      for (const file of files) {
        if (filter.excludes(file)) continue;
        for (const folder of folders(file))
          expect(filter.excludes(folder) && !filter.mayHoldMore(folder)).toBe(false);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["*\n!a/*/c", "a/b", true],
  ["*\n!a/*/c", "a/b/c", false],
  ["*\n!a/b", "a", true],
  ["*\n!a/b", "b", false],
  ["*\n!**/c", "b/b/b", true],
  ["node_modules\n!*.md", "node_modules", false],
])("%j: whether %s is walked", (ignore, folder, walked) => {
  expect(dockerignore(ignore).mayHoldMore(folder)).toBe(walked);
});

test("what is asked before does not change an answer", () => {
  fc.assert(
    fc.property(text, paths, (ignore, files) => {
      const warm = dockerignore(ignore);
      for (const file of files) warm.excludes(file);
      for (const file of files.toReversed())
        expect(warm.excludes(file)).toBe(dockerignore(ignore).excludes(file));
    }),
  );
});

test("without a pattern that excludes, nothing is excluded", () => {
  const comments = fc.constantFrom("", "# a", "!b", "!**", "   ");
  fc.assert(
    fc.property(fc.array(comments), path, (lines, file) => {
      expect(dockerignore(lines.join("\n")).excludes(file)).toBe(false);
    }),
  );
});

test("a plain path excludes itself and all that is in it, and no other", () => {
  const plain = fc.array(fc.constantFrom("a", "b", "(x)", "e+", "c.md"), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(plain, path, (parts, file) => {
      const excluded = parts.join("/");
      const within = file === excluded || file.startsWith(`${excluded}/`);
      expect(dockerignore(excluded).excludes(file)).toBe(within);
      expect(dockerignore(`/${excluded}/`).excludes(file)).toBe(within);
    }),
  );
});

/** Pattern, path, excluded; each tried with `docker build`. */
const TRIED: readonly [string, string, boolean][] = [
  ["*", "a/b", true],
  ["*\n!a", "a/b", false],
  ["*\n!a/b", "a/c", true],
  ["*\n!a/b", "a/b/c", false],
  ["d/f\n!d", "d/f", true],
  ["**/x", "a/b/x/y", true],
  ["**.md", "a/c.md", true],
  ["*.md", "a/c.md", false],
  ["a**", "ab/c", true],
  ["(x)", "(x)/a", true],
  ["\\*", "a", false],
  ["[^a]", "b", true],
  ["node_modules\n!**/keep", "node_modules/x/keep", false],
];

test.each(TRIED)("%j on %s", (ignore, file, excluded) => {
  expect(dockerignore(ignore).excludes(file)).toBe(excluded);
});
