import { expect, test } from "bun:test";
import fc from "fast-check";
import { FrameDecoder } from "../../../agent/host/engine/frames.ts";

const frame = fc.record({
  from: fc.constantFrom("stdout", "stderr"),
  payload: fc.uint8Array({ maxLength: 300 }),
});

function encode(frames: readonly { from: string; payload: Uint8Array }[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({ from, payload }) => {
      const header = Buffer.from([from === "stderr" ? 2 : 1, 0, 0, 0, 0, 0, 0, 0]);
      header.writeUInt32BE(payload.length, 4);
      return [header, payload];
    }),
  );
}

test("each stream is the same however the frames are cut on the way", () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 40 })), (frames, cuts) => {
      const received = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
      const order: string[] = [];
      const decoder = new FrameDecoder((payload, from) => {
        received[from] = Buffer.concat([received[from], payload]);
        if (order.at(-1) !== from) order.push(from);
      });
      const bytes = encode(frames);
      let at = 0;
      for (const cut of cuts) {
        decoder.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      decoder.push(bytes.subarray(at));
      for (const from of ["stdout", "stderr"] as const) {
        const sent = frames.filter((each) => each.from === from).map((each) => each.payload);
        expect(received[from]).toEqual(Buffer.concat(sent));
      }
      const filled = frames.filter((each) => each.payload.length > 0).map((each) => each.from);
      expect(order).toEqual(filled.filter((from, index) => filled[index - 1] !== from));
    }),
  );
});

test("a stream that ends inside a frame has given what came of it", () => {
  const given: string[] = [];
  const decoder = new FrameDecoder((payload) => given.push(Buffer.from(payload).toString()));
  decoder.push(encode([{ from: "stdout", payload: Buffer.from("whole") }]).subarray(0, 11));
  expect(given.join("")).toBe("who");
});
