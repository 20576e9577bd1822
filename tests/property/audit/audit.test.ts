import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AuditEntry, appended, auditFaults, auditLines, headOf } from "../../../agent/plan/audit.ts";

const entry: fc.Arbitrary<AuditEntry> = fc.record({
  ...{
    at: fc.constant("2026-01-02T03:04:05.000Z"),
    who: fc.string(),
    what: fc.string(),
    secret: fc.string(),
  },
  ...{ version: fc.nat(), result: fc.string(), id: fc.uuid() },
});
const log = fc
  .array(entry, { minLength: 1, maxLength: 8 })
  .map((entries) => entries.reduce((text, one) => appended(text, [one]), ""));
const picks = fc.tuple(fc.nat(), fc.nat());

const seal = (text: string) => ({ now: headOf(text) });
const joined = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
const split = (text: string) => text.split("\n").slice(0, -1);

test("a log holds what was written, each entry once, and is found right", () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), (first, second) => {
      const text = appended(appended("", first), [...first, ...second]);
      expect(auditFaults(text, seal(text))).toEqual([]);
      expect(auditLines(text).map(({ id }) => id)).toEqual([...first, ...second].map(({ id }) => id));
    }),
  );
});

test("a line that was removed, moved or put in again is found", () => {
  fc.assert(
    fc.property(log, picks, (text, [a, b]) => {
      const lines = split(text);
      const at = a % lines.length;
      const removed = lines.toSpliced(at, 1);
      expect(auditFaults(joined(removed), seal(text))).not.toEqual([]);
      expect(auditFaults(joined(lines.toSpliced(at, 0, lines[at] ?? "")), seal(text))).not.toEqual([]);
      const to = b % lines.length;
      if (to !== at)
        expect(auditFaults(joined(removed.toSpliced(to, 0, lines[at] ?? "")), seal(text))).not.toEqual([]);
    }),
  );
});

test("a line of which anything was changed is found", () => {
  fc.assert(
    fc.property(log, picks, entry, (text, [a], other) => {
      const lines = split(text);
      const at = a % lines.length;
      const changed = JSON.stringify({ ...JSON.parse(lines[at] ?? ""), ...other });
      expect(auditFaults(joined(lines.with(at, changed)), seal(text))).not.toEqual([]);
    }),
  );
});

test("an end that was cut off, or put on, is found, wherever the cut is", () => {
  fc.assert(
    fc.property(log, fc.nat(), entry, (text, cut, other) => {
      expect(auditFaults(text.slice(0, cut % text.length), seal(text))).not.toEqual([]);
      expect(auditFaults(appended(text, [other]), seal(text))).not.toEqual([]);
      expect(auditFaults(text, undefined)).not.toEqual([]);
    }),
  );
});
