import { expect, test } from "bun:test";
import fc from "fast-check";
import { HttpAnswer } from "../../../agent/host/probe/http-answer.ts";

function answerOf(...pieces: (string | Uint8Array)[]): HttpAnswer {
  const answer = new HttpAnswer();
  for (const piece of pieces) answer.push(Buffer.from(piece));
  return answer;
}

const seen = ({ status, isHttp, isComplete, detail }: HttpAnswer) => ({ status, isHttp, isComplete, detail });

test("an answer is the same however it is cut on the way", () => {
  const chunked =
    "HTTP/1.1 503 Down\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nda é\r\n5;x=1\r\ngone\n\r\n0\r\n\r\n";
  const counted = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more";
  const early = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
  fc.assert(
    fc.property(fc.constantFrom(chunked, counted, early), fc.array(fc.nat({ max: 99 })), (text, cuts) => {
      const bytes = Buffer.from(text);
      const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
        (a, b) => a - b,
      );
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(seen(answerOf(...pieces))).toEqual(seen(answerOf(bytes)));
    }),
  );
  expect(seen(answerOf(counted))).toEqual({
    ...{ status: 200, isHttp: true, isComplete: true, detail: "status 200: hello" },
  });
  expect(answerOf(early).status).toBe(204);
});

test("chunks are put together, and a last one of nothing is the end", () => {
  const head = "HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n";
  const open = answerOf(head, "3\r\nabc\r\n", "2\r\nde\r\n");
  expect(seen(open)).toMatchObject({ isComplete: false, detail: "status 500: abcde" });
  open.push(Buffer.from("0\r\n\r\n"));
  expect(open.isComplete).toBe(true);
  expect(answerOf(head, "zz\r\n").isComplete).toBe(true);
});

test("a body without a length goes on until enough of it is there", () => {
  const answer = answerOf("HTTP/1.1 200 OK\r\n\r\n", "é".repeat(299));
  expect(answer.isComplete).toBe(false);
  answer.push(Buffer.from("éé"));
  expect(answer.isComplete).toBe(true);
  expect(answer.detail).toBe(`status 200: ${"é".repeat(300)}`);
});

test("what is no answer by HTTP/1 is seen at once, and is never one", () => {
  for (const text of ["SSH-2.0-OpenSSH", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.x", "\u0000"]) {
    expect(seen(answerOf(text))).toMatchObject({ status: undefined, isComplete: false });
  }
  expect(answerOf("SSH-2.0").isHttp).toBe(false);
  expect(answerOf("HTTP").isHttp).toBe(true);
  expect(answerOf(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`).isHttp).toBe(false);
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      seen(answerOf("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n", ...pieces));
      seen(answerOf("HTTP/1.1 ", ...pieces));
    }),
  );
});
