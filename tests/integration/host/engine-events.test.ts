import { expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { dockerEngine } from "../../../agent/host/docker-engine.ts";
import type { EngineEvent } from "../../../agent/host/engine/events.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
const chunk = (text: string | Buffer) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
};
const event = (action: string, attributes: object = {}) =>
  `${JSON.stringify({ Type: "container", Action: action, Actor: { ID: "c1", Attributes: attributes }, timeNano: 1_500_000 })}\n`;

/** An engine that does with each connection what the test says. */
async function engineThat(does: (socket: Socket, asked: string) => void) {
  const folder = tempFolder();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    socket.once("data", (bytes: Buffer) => does(socket, bytes.toString()));
  });
  await new Promise<void>((listening) => server.listen(folder.at("engine.sock"), listening));
  return {
    engine: dockerEngine(() => folder.at("engine.sock"), 0),
    open,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      folder[Symbol.dispose]();
    },
  };
}

async function all(stream: AsyncIterable<EngineEvent>): Promise<string[]> {
  const actions: string[] = [];
  for await (const { action } of stream) actions.push(action);
  return actions;
}

const never = () => new AbortController().signal;

test("only the watched containers' actions are asked for, so that exec never leaves the engine", async () => {
  let request = "";
  await using fake = await engineThat((socket, asked) => {
    request = asked;
    socket.end(Buffer.concat([Buffer.from(HEAD), Buffer.from("0\r\n\r\n")]));
  });
  expect(await all(await fake.engine.events(["a=b", "c"], never()))).toEqual([]);
  const url = new URL(`http://x${request.split(" ")[1]}`);
  expect(url.pathname).toBe("/v1.44/events");
  const filters = JSON.parse(url.searchParams.get("filters") ?? "");
  expect(filters).toMatchObject({ type: ["container"], label: ["a=b", "c"] });
  expect(filters.event).toContain("die");
  expect(filters.event.filter((each: string) => each.startsWith("exec"))).toEqual([]);
  expect(Math.abs(Number(url.searchParams.get("since")) * 1_000 - Date.now())).toBeLessThan(10_000);
});

test("it resolves when the engine has agreed, not with the first event", async () => {
  let agree = () => {};
  await using fake = await engineThat((socket) => {
    agree = () => void socket.write(HEAD);
  });
  const over = new AbortController();
  let opened = false;
  const opening = fake.engine.events([], over.signal).then((stream) => {
    opened = true;
    return stream;
  });
  await waitFor("the question", () => fake.open.size === 1);
  await Bun.sleep(30);
  expect(opened).toBe(false);
  agree();
  const reading = all(await opening);
  over.abort();
  expect(await reading).toEqual([]);
  await waitFor("the connection to be closed", () => fake.open.size === 0);
});

test("events are the same however the bytes are cut, and unknown ones are passed over", async () => {
  const text = Buffer.from(
    `${event("start", { name: "naïve" })}\n${event("exec_create: sh -c x")}${event("health_status: unhealthy")}${event("die", { exitCode: "137" })}${event("kill", { signal: "9" })}`,
  );
  for (const size of [1, 7, 64, 10_000]) {
    await using fake = await engineThat(async (socket) => {
      socket.write(HEAD);
      for (let at = 0; at < text.length; at += size) {
        socket.write(chunk(text.subarray(at, at + size)));
        if (size > 1) await Bun.sleep(1);
      }
      socket.end("0\r\n\r\n");
    });
    const seen: EngineEvent[] = [];
    for await (const each of await fake.engine.events([], never())) seen.push(each);
    const base = { id: "c1", at: 1.5 };
    expect(seen).toEqual([
      { ...base, action: "start", labels: { name: "naïve" } },
      { ...base, action: "health_status", labels: {}, health: "unhealthy" },
      { ...base, action: "die", labels: { exitCode: "137" }, exitCode: 137 },
      { ...base, action: "kill", labels: { signal: "9" }, signal: 9 },
    ]);
  }
});

test("a stream that is cut in the middle has told what came, and then ends or throws", async () => {
  await using fake = await engineThat(async (socket) => {
    socket.write(HEAD);
    socket.write(chunk(event("start")));
    await Bun.sleep(30);
    socket.destroy();
  });
  const actions: string[] = [];
  const reading = (async () => {
    for await (const { action } of await fake.engine.events([], never())) actions.push(action);
  })();
  await reading.catch((thrown) => expect(thrown).toMatchObject({ code: "no-docker" }));
  expect(actions).toEqual(["start"]);
});

test("what is no event is an error, and the connection is given up", async () => {
  for (const strange of ["{oops}\n", '{"Action": 3}\n', `${JSON.stringify({ Action: "die" })}\n`]) {
    await using fake = await engineThat((socket) => {
      socket.write(HEAD);
      socket.write(chunk(strange));
    });
    await expect(all(await fake.engine.events([], never()))).rejects.toMatchObject({ code: "engine" });
    await waitFor("the connection to be closed", () => fake.open.size === 0);
  }
});

test("a reader that stops reading closes the connection", async () => {
  await using fake = await engineThat((socket) => {
    socket.write(HEAD);
    socket.write(chunk(event("start")));
  });
  for await (const { action } of await fake.engine.events([], never())) {
    expect(action).toBe("start");
    break;
  }
  await waitFor("the connection to be closed", () => fake.open.size === 0);
});

test("an engine that refuses, or does not agree within five seconds, is an error; a signal ends the waiting", async () => {
  await using refusing = await engineThat((socket) => {
    const body = JSON.stringify({ message: "no filter like that" });
    socket.end(`HTTP/1.1 400 Bad\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });
  await expect(refusing.engine.events([], never())).rejects.toMatchObject({
    code: "engine",
    message: expect.stringContaining("no filter like that"),
  });
  await using silent = await engineThat(() => {});
  const began = performance.now();
  await expect(silent.engine.events([], never())).rejects.toMatchObject({
    code: "engine",
    message: "docker did not answer GET /events within 5 s",
  });
  expect(performance.now() - began).toBeLessThan(9_000);
  const over = new AbortController();
  const opening = silent.engine.events([], over.signal);
  over.abort();
  expect(await all(await opening)).toEqual([]);
  expect(await all(await silent.engine.events([], AbortSignal.abort()))).toEqual([]);
}, 20_000);
