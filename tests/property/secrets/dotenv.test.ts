import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseDotenv, writeDotenv } from "../../../agent/plan/dotenv.ts";

const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/);
const nasty = fc.string({ unit: fc.constantFrom(..."'\"\\$#{}=: \t\n\rnrt`aä€", "😀", "\0"), maxLength: 24 });
const value = fc.oneof(nasty, fc.string({ unit: "binary" }), fc.string());

test("what is written is read back, whatever the values are", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ name, value })), (entries) => {
      const { entries: read, faults } = parseDotenv(writeDotenv(entries));
      expect(read.map((entry) => ({ name: entry.name, value: entry.value }))).toEqual(entries);
      expect(read.some((entry) => entry.expands)).toBe(false);
      expect(faults).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("no text makes the parser throw, run for ever or put a value into a fault", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, fc.constantFrom("A=", "export B='", '"', "\n"))), (parts) => {
      const { faults } = parseDotenv(parts.join(""));
      for (const { message } of faults) {
        expect(message).toMatch(
          /^(is not of the form NAME=value|[\w.-]+: (the . is never closed|there is something after the closing .))$/,
        );
      }
    }),
  );
});

test("lines that are none do not keep the others from being read", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ name, value: nasty }), { minLength: 1 }), (entries) => {
      const text = entries.map((entry) => `no pair here\n${writeDotenv([entry])}`).join("");
      const { entries: read, faults } = parseDotenv(text);
      expect(read.map((entry) => entry.value)).toEqual(entries.map((entry) => entry.value));
      expect(faults).toHaveLength(entries.length);
    }),
  );
});
