import { expect, test } from "bun:test";
import fc from "fast-check";
import { LineSplitter } from "../../../agent/host/line-splitter.ts";

function split(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

test("lines are the same however the bytes arrive", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme" }).map((line) => line.toWellFormed().replace(/[\r\n]/g, "·"))),
      fc.array(fc.nat({ max: 7 })),
      (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        expect(split([...chunks, bytes.subarray(at)])).toEqual(lines);
      },
    ),
  );
});

test("a last line without a newline is handed on, and a carriage return before one is not", () => {
  expect(split([Buffer.from("one\r\ntwo\n\nthree")])).toEqual(["one", "two", "", "three"]);
});

test("a line without an end does not grow without bound", () => {
  const lines = split(Array.from({ length: 40 }, () => Buffer.alloc(10_000, 97)));
  expect(lines.join("")).toHaveLength(400_000);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(64 * 1024);
});
