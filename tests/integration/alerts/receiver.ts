import { createHmac, timingSafeEqual } from "node:crypto";

export type Received = { path: string; headers: Headers; body: string };

export type Receiver = Disposable & { url: string; received: Received[] };

/** A server that keeps what it is sent and answers the next of `answers`, the last one for ever. */
export function receiver(...answers: (number | Response | "hang")[]): Receiver {
  const received: Received[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request): Promise<Response> {
      received.push({
        path: new URL(request.url).pathname,
        headers: request.headers,
        body: await request.text(),
      });
      const answer = answers[Math.min(received.length, answers.length) - 1] ?? 200;
      if (answer === "hang") return await new Promise<Response>(() => {});
      return typeof answer === "number"
        ? new Response("ok", { status: answer })
        : (answer.clone() as Response);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/hook`,
    received,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

/** As docs/alerts.md tells receivers to do it. */
export function verifies({ headers, body }: Received, key: string, nowMs: number): boolean {
  const timestamp = headers.get("soloflow-timestamp") ?? "";
  const given = /v1=([0-9a-f]{64})/.exec(headers.get("soloflow-signature") ?? "")?.[1] ?? "";
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > 300) return false;
  const expected = createHmac("sha256", key).update(`${timestamp}.${body}`).digest();
  return given.length === 64 && timingSafeEqual(Buffer.from(given, "hex"), expected);
}
