import { expect, test } from "bun:test";
import fc from "fast-check";
import { OutputTail } from "../../../agent/host/output-tail.ts";

test("output below the limit is kept whole, however it was cut into chunks", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat({ max: 9 })), (text, cuts) => {
      const tail = new OutputTail(1_000_000);
      for (const chunk of chunksOf(text, cuts)) tail.push(chunk);
      expect(tail.text()).toBe(text.toWellFormed());
    }),
  );
});

test("output above the limit keeps its end, and no character is torn apart", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.nat({ max: 9 })),
      (text, maxBytes, cuts) => {
        const tail = new OutputTail(maxBytes);
        for (const chunk of chunksOf(text, cuts)) tail.push(chunk);
        const kept = tail.text();
        expect(text.toWellFormed().endsWith(kept)).toBe(true);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(maxBytes);
        const lost = Buffer.byteLength(text.toWellFormed()) - Buffer.byteLength(kept);
        if (lost > 0) expect(Buffer.byteLength(kept)).toBeGreaterThan(maxBytes - 4);
      },
    ),
  );
});

function chunksOf(text: string, cuts: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const cut of cuts) {
    chunks.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  return [...chunks, bytes.subarray(at)];
}
