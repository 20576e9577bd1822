import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { createAsk } from "../../../agent/cli/ask.ts";

const text = fc.string({ unit: fc.constantFrom(..."ab'\"$, ä€", "😀"), minLength: 1, maxLength: 40 });
const cuts = fc.array(fc.nat(200), { maxLength: 8 });

/** Somebody at a terminal, or a file: what comes in, in pieces cut anywhere. */
function asked(bytes: Buffer, at: readonly number[], isTTY: boolean): Promise<string | undefined> {
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stdin });
  const edges = [...new Set([0, ...at.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b);
  for (const [index, edge] of edges.slice(1).entries()) stdin.write(bytes.subarray(edges[index], edge));
  if (!isTTY) stdin.end();
  const streams = { stdin: stdin as unknown as NodeJS.ReadStream, stderr: { write: () => true } };
  const { signal } = new AbortController();
  return createAsk({ streams, yes: false, signal }).hidden("value", { whole: true });
}

test("what is typed or pasted is taken as it is, however it comes in", async () => {
  await fc.assert(
    fc.asyncProperty(text, cuts, async (value, at) => {
      expect(await asked(Buffer.from(`${value}\r`), at, true)).toBe(value);
      expect(await asked(Buffer.from(`${value}😀\u007f\r`), at, true)).toBe(value);
    }),
  );
});

test("standard input is taken to its last byte but one newline", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom(..."a$\r\n ,€"), minLength: 1 }),
      cuts,
      async (value, at) => {
        const whole = await asked(Buffer.from(`${value}\n`), at, false);
        // An editor on another system ends its line with both.
        expect(whole).toBe(value.replace(/\r$/, ""));
      },
    ),
  );
});

test("of a value with lines that is pasted nothing is taken, and it says where to put it", async () => {
  const pasted = asked(Buffer.from("-----BEGIN KEY-----\rabc\r-----END KEY-----\r"), [], true);
  await expect(pasted).rejects.toMatchObject({
    code: "input",
    hint: expect.stringContaining("standard input"),
  });
  expect(await asked(Buffer.from("one line\r\n"), [], true)).toBe("one line");
});

test("64 KiB come in whole", async () => {
  const value = "€".repeat(21_845);
  expect(await asked(Buffer.from(`${value}\r`), [4_095, 8_191, 20_000], true)).toBe(value);
});
