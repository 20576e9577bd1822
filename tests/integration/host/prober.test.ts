import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { systemProber as prober } from "../../../agent/host/prober.ts";
import { waitFor } from "../../support/wait-for.ts";

function app(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const url = (path: string) => `http://127.0.0.1:${server.port}${path}`;
  return { server, url, port: server.port ?? 0, [Symbol.dispose]: () => void server.stop(true) };
}

async function raw(connected: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    connected(socket);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  return { port, url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: async () => void server.close() };
}

async function unusedPort(): Promise<number> {
  await using server = await raw(() => {});
  return server.port;
}

/** A process that listens and accepts nobody, with its queue filled. */
async function frozenListener() {
  const script = `use Socket; use Fcntl; $| = 1;
    my $at = sockaddr_in(0, inet_aton("127.0.0.1"));
    socket(my $listener, AF_INET, SOCK_STREAM, 0); bind($listener, $at); listen($listener, 0);
    $at = getsockname($listener);
    my @waiting = map { socket(my $each, AF_INET, SOCK_STREAM, 0);
      fcntl($each, F_SETFL, O_NONBLOCK); connect($each, $at); $each } 1 .. 3;
    print((sockaddr_in($at))[0], "\\n"); sleep(60);`;
  const child = Bun.spawn({ cmd: ["perl", "-e", script], stdio: ["ignore", "pipe", "inherit"] });
  for await (const chunk of child.stdout) {
    const port = Number(Buffer.from(chunk).toString());
    return { port, [Symbol.asyncDispose]: async () => void child.kill("SIGKILL") };
  }
  throw new Error("it does not listen");
}

test("any 2xx or 3xx is good, and a redirect is not followed", async () => {
  let asked = 0;
  using server = app(() => {
    asked++;
    return new Response(null, { status: 302, headers: { Location: "/elsewhere" } });
  });
  expect(await prober.http(server.url("/health"), 2_000)).toEqual({
    ...{ good: true, answered: true, kind: "answer", status: 302 },
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
    ...{ good: false, answered: false, kind: "timeout" },
    detail: "no answer within 100 ms",
  });
  await server.stop(true);
  expect(await prober.http(url("/"), 2_000)).toMatchObject({ good: false, answered: false });
  expect(await prober.tcp("127.0.0.1", port, 2_000)).toMatchObject({ good: false, answered: false });
});

test("a result says which way it went", async () => {
  using server = app(() => new Response("no", { status: 404 }));
  expect(await prober.http(server.url("/"), 2_000)).toMatchObject({ kind: "answer", status: 404 });
  const gone = await unusedPort();
  const refused = { kind: "refused", detail: "connection refused" };
  expect(await prober.http(`http://127.0.0.1:${gone}/`, 2_000)).toMatchObject(refused);
  expect(await prober.tcp("127.0.0.1", gone, 2_000)).toMatchObject(refused);
  // An address that the kernel refuses at once, before there is any connection.
  expect(await prober.http("http://255.255.255.255:9/", 2_000)).toMatchObject({ kind: "refused" });
  expect(await prober.tcp("255.255.255.255", 9, 2_000)).toMatchObject({ kind: "refused" });
});

test("an answer after the timeout is told as late, and until then the verdict is not waited for", async () => {
  await using server = await raw(async (socket) => {
    await Bun.sleep(300);
    socket.write("HTTP/1.1 500 Sorry\r\n\r\n");
  });
  const began = performance.now();
  const result = await prober.http(server.url, 100, 5_000);
  expect(performance.now() - began).toBeLessThan(290);
  expect(result).toMatchObject({ kind: "timeout", answered: false });
  const late = await result.late;
  expect(late).toBeGreaterThanOrEqual(280);
  expect(late).toBeLessThan(4_000);
});

test("an answer that never comes is not waited for longer than told, and leaves no connection", async () => {
  const ends: unknown[] = [];
  await using server = await raw((socket) => void socket.on("close", () => ends.push(true)));
  const result = await prober.http(server.url, 50, 200);
  expect(await result.late).toBeUndefined();
  expect((await prober.http(server.url, 50)).late).toBeUndefined();
  await waitFor("both connections to be closed", () => ends.length === 2);
});

test("a head without the end of its body is an answer when the time is up", async () => {
  await using server = await raw((socket) => void socket.write("HTTP/1.1 200 OK\r\n\r\nevent: 1"));
  expect(await prober.http(server.url, 100)).toMatchObject({ good: true, detail: "status 200: event: 1" });
});

test("an app that keeps the connection open is not waited for, and a frozen one leaves no descriptor", async () => {
  const descriptors = () => readdirSync("/proc/self/fd").length;
  await using server = await raw(
    (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  );
  const before = descriptors();
  for (let at = 0; at < 20; at++) {
    expect(await prober.http(server.url, 2_000)).toMatchObject({ detail: "status 200: ok" });
  }
  await waitFor("the connections to be closed", () => descriptors() <= before + 2);

  // Its queue is full: the kernel answers no further attempt to connect, for two minutes.
  await using frozen = await frozenListener();
  for (let at = 0; at < 20; at++) {
    expect(await prober.tcp("127.0.0.1", frozen.port, 20)).toMatchObject({ kind: "timeout" });
  }
  expect(descriptors()).toBeLessThanOrEqual(before + 5);
}, 30_000);

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

test("a text is the whole body of a 200, in whatever form it is sent", async () => {
  const body = `{"a": "${"é".repeat(5_000)}"}`;
  const parts = new ReadableStream({
    async start(controller) {
      for (const part of [body.slice(0, 700), body.slice(700)])
        controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  using server = app(({ url }) => new Response(url.endsWith("/parts?a=b") ? parts : body));
  expect(await prober.text(server.url("/whole"), 2_000)).toBe(body);
  expect(await prober.text(server.url("/parts?a=b"), 2_000)).toBe(body);
  await using closed = await raw((socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`));
  expect(await prober.text(closed.url, 2_000)).toBe(body);
});

test("every other answer, one too long, a late one and none have no text", async () => {
  using server = app(async ({ url }) => {
    if (url.endsWith("/late")) await Bun.sleep(1_000);
    return new Response("x".repeat(70_000), { status: url.endsWith("/gone") ? 404 : 200 });
  });
  for (const path of ["/gone", "/long"]) expect(await prober.text(server.url(path), 2_000)).toBeUndefined();
  expect(await prober.text(server.url("/late"), 100)).toBeUndefined();
  expect(await prober.text(`http://127.0.0.1:${await unusedPort()}/`, 2_000)).toBeUndefined();
  await using broken = await raw((socket) => socket.end("no HTTP at all"));
  expect(await prober.text(broken.url, 2_000)).toBeUndefined();
});
