import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { openSops, sealSops } from "../../../agent/plan/sops/sops.ts";
import { readSops, type SopsFormat, writeSops } from "../../../agent/plan/sops/sops-document.ts";

const formats: readonly SopsFormat[] = ["yaml", "json", "env"];
const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/).filter((text) => !/^sops/i.test(text));
const entries = fc.uniqueArray(
  fc.record({ name, value: fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()) }),
  { selector: (entry) => entry.name, maxLength: 6 },
);

const key = randomBytes(32);
const AT = "2026-01-02T03:04:05Z";
const ENC = "-----BEGIN AGE ENCRYPTED FILE-----\nYQ==\n-----END AGE ENCRYPTED FILE-----\n";

const seal = (values: readonly { name: string; value: string }[]) =>
  sealSops(values, { key, seals: [{ recipient: "age1x", enc: ENC }], at: AT, iv: () => randomBytes(32) });

test("what is sealed reads back as it was, in each form", () => {
  fc.assert(
    fc.property(entries, fc.constantFrom(...formats), (values, format) => {
      const document = readSops(writeSops(seal(values), format));
      if (document === undefined) throw new Error("its own file is not recognised");
      expect(document.age).toEqual([{ recipient: "age1x", enc: ENC }]);
      expect(openSops(document, key)).toEqual({ entries: values });
    }),
  );
});

test("a value that was removed, exchanged for another, or put under another name is found", () => {
  fc.assert(
    fc.property(entries, fc.nat(), (values, pick) => {
      fc.pre(values.length > 1);
      const document = seal(values);
      const names = Object.keys(document.tree);
      const at = names[pick % names.length] ?? "";
      const other = names[(pick + 1) % names.length] ?? "";
      fc.pre(values.find((entry) => entry.name === at)?.value !== "");
      const { [at]: taken, ...rest } = document.tree;
      expect(openSops({ ...document, tree: rest }, key)).toHaveProperty("damaged");
      expect(openSops({ ...document, tree: { ...document.tree, [other]: taken } }, key)).toEqual({
        damaged: other,
      });
      expect(openSops({ ...document, tree: { ...rest, RENAMED: taken } }, key)).toEqual({
        damaged: "RENAMED",
      });
    }),
  );
});

test("without the key nothing is read, and a file of another kind is none", () => {
  const document = seal([{ name: "A", value: "b" }]);
  expect(openSops(document, randomBytes(32))).toHaveProperty("damaged");
  expect(readSops("A=b\nsops=c\n")).toBeUndefined();
  expect(readSops("a: b\n")).toBeUndefined();
});
