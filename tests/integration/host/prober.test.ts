import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { systemProber as prober } from "../../../agent/host/prober.ts";

function app(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const url = (path: string) => `http://127.0.0.1:${server.port}${path}`;
  return { server, url, port: server.port ?? 0, [Symbol.dispose]: () => void server.stop(true) };
}

test("any 2xx or 3xx is good, and a redirect is not followed", async () => {
  let asked = 0;
  using server = app(() => {
    asked++;
    return new Response(null, { status: 302, headers: { Location: "/elsewhere" } });
  });
  expect(await prober.http(server.url("/health"), 2_000)).toEqual({
    good: true,
    answered: true,
    detail: "status 302",
    status: 302,
  });
  expect(asked).toBe(1);
});

test("another status is an answer that is not good, with the beginning of its body", async () => {
  using server = app(() => new Response(`database down ${"é".repeat(100_000)}`, { status: 503 }));
  const result = await prober.http(server.url("/health"), 2_000);
  expect(result).toMatchObject({ good: false, answered: true });
  expect(result.detail).toStartWith("status 503: database down éé");
  expect(result.detail.length).toBe("status 503: ".length + 300);
});

test("nobody there, and somebody who does not answer, is no answer", async () => {
  const { server, url, port } = app(() => new Promise<Response>(() => {}));
  expect(await prober.http(url("/"), 100)).toEqual({
    good: false,
    answered: false,
    detail: "no answer within 100 ms",
  });
  await server.stop(true);
  expect(await prober.http(url("/"), 2_000)).toMatchObject({ good: false, answered: false });
  expect(await prober.tcp("127.0.0.1", port, 2_000)).toMatchObject({ good: false, answered: false });
});

test("what is no HTTP, or breaks off, is no answer and no crash", async () => {
  for (const words of ["hello\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9", ""]) {
    const server = createServer((socket) => socket.end(words));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as { port: number };
    expect(await prober.http(`http://127.0.0.1:${port}/`, 1_000)).toMatchObject({
      good: false,
      answered: false,
    });
    expect(await prober.tcp("127.0.0.1", port, 1_000)).toMatchObject({ good: true, detail: "connected" });
    server.close();
  }
});

test("a proxy of the machine is not asked for a container", async () => {
  using server = app(() => new Response("direct"));
  const before = process.env.http_proxy;
  process.env.http_proxy = "http://127.0.0.1:9";
  try {
    expect(await prober.http(server.url("/"), 2_000)).toMatchObject({
      good: true,
      detail: "status 200: direct",
    });
  } finally {
    if (before === undefined) delete process.env.http_proxy;
    else process.env.http_proxy = before;
  }
});
