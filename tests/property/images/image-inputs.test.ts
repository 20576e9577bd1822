import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type ContextEntry,
  describeChange,
  type GatheredInputs,
  inputParts,
  inputsHash,
} from "../../../agent/plan/images/image-inputs.ts";
import type { ImageSpec } from "../../../agent/plan/images/image-spec.ts";

const word = fc.string({ minLength: 1, maxLength: 6 });
const path = fc
  .array(fc.stringMatching(/^[a-z._-]{1,4}$/), { minLength: 1, maxLength: 3 })
  .map((p) => p.join("/"));
const entry: fc.Arbitrary<ContextEntry> = fc.oneof(
  fc.record({ path, kind: fc.constant("file" as const), mode: fc.constantFrom(0o644, 0o755), hash: word }),
  fc.record({ path, kind: fc.constant("folder" as const), mode: fc.constantFrom(0o755, 0o700) }),
  fc.record({ path, kind: fc.constant("link" as const), target: word }),
);
const entries = fc.uniqueArray(entry, { selector: ({ path }) => path, maxLength: 8 });
const dictionary = fc.dictionary(fc.stringMatching(/^[A-Z]{1,3}$/), word, { maxKeys: 3 });

const spec: ImageSpec = {
  ...{ name: "x", context: "/x", dockerfile: "/x/Dockerfile", args: {}, contexts: {}, flags: [], tags: [] },
  ...{ services: [], ignored: [], dependsOn: [] },
};
const gathered = (context: readonly ContextEntry[]): GatheredInputs => ({
  ...{ dockerfile: "FROM scratch", contexts: { "": context }, recipe: {}, bases: {} },
});
const hash = (context: readonly ContextEntry[], args: Record<string, string> = {}) =>
  inputsHash(inputParts({ ...spec, args }, gathered(context)));

test("the order in which things were found does not matter", () => {
  fc.assert(
    fc.property(entries, dictionary, (context, args) => {
      const other = Object.fromEntries(Object.entries(args).toReversed());
      expect(hash(context.toReversed(), other)).toBe(hash(context, args));
    }),
  );
});

test("two contexts have the same hash only when they are the same", () => {
  const canonical = (context: readonly ContextEntry[]) =>
    JSON.stringify(
      context.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map((each) => Object.entries(each).sort()),
    );
  fc.assert(
    fc.property(entries, entries, (one, other) => {
      expect(hash(one) === hash(other)).toBe(canonical(one) === canonical(other));
    }),
  );
});

test("any change of one thing changes the hash, and is the one thing named", () => {
  fc.assert(
    fc.property(entries, entry, (context, changed) => {
      const rest = context.filter(({ path }) => path !== changed.path);
      const before = context.find(({ path }) => path === changed.path);
      if (JSON.stringify(before) === JSON.stringify(changed)) return;
      const [old, now] = [
        inputParts(spec, gathered(context)),
        inputParts(spec, gathered([...rest, changed])),
      ];
      expect(inputsHash(now)).not.toBe(inputsHash(old));
      expect(describeChange(old, now)).toBe(
        `./${changed.path} ${before === undefined ? "is new" : "changed"}`,
      );
    }),
  );
});

test("Dockerfile, target, options, recipe and the images below count, each by its name", () => {
  const base = inputParts(spec, gathered([]));
  const name = (parts: Record<string, string>) => describeChange(base, parts);
  expect(name(inputParts(spec, { ...gathered([]), dockerfile: "FROM x" }))).toBe("Dockerfile changed");
  expect(name(inputParts({ ...spec, target: "t" }, gathered([])))).toBe("the target stage is new");
  expect(name(inputParts({ ...spec, args: { V: "1" } }, gathered([])))).toBe("argument V is new");
  expect(name(inputParts({ ...spec, flags: ["--network=host"] }, gathered([])))).toBe("build options is new");
  expect(name(inputParts(spec, { ...gathered([]), recipe: { packages: "1" } }))).toBe(
    "recipe's packages is new",
  );
  expect(name(inputParts(spec, { ...gathered([]), bases: { "a/base": "1" } }))).toBe("image a/base is new");
});

test("a Dockerfile in its context counts once, one that is a link by what it leads to", () => {
  const file = { path: "Dockerfile", kind: "file" as const, mode: 0o644, hash: "1" };
  const link = { path: "Dockerfile", kind: "link" as const, target: "Dockerfile.dev" };
  const names = (context: ContextEntry[]) => Object.keys(inputParts(spec, gathered(context)));
  expect(names([file])).toEqual(["./Dockerfile"]);
  expect(names([link])).toEqual(["Dockerfile", "./Dockerfile"]);
});

test("the value of a build argument is written nowhere", () => {
  const parts = inputParts({ ...spec, args: { TOKEN: "canary-value" } }, gathered([]));
  expect(JSON.stringify(parts)).not.toContain("canary-value");
});
