import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { freePort } from "../../support/provider-container.ts";
import { waitFor } from "../../support/wait-for.ts";
import { createKeyTable, type IssuedKey, type KeyTable } from "./api-keys.ts";
import { type GatewayProcess, type Settings, startReadyGateway } from "./gateway-process.ts";
import { rawClient } from "./raw-client.ts";
import { plainAnswer, rawUpstream } from "./raw-upstream.ts";

let postgres: TestPostgres;
let table: KeyTable;
let issued: IssuedKey;
beforeAll(async () => {
  postgres = await startPostgres();
  table = await createKeyTable(postgres, "proxy");
  issued = await table.issue();
}, 180_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());

const behind = (url: string, settings: Settings = {}): Promise<GatewayProcess> =>
  startReadyGateway(table.url, { UPSTREAMS: `orders=${url}`, ...settings });

const call = (gateway: GatewayProcess, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${gateway.baseUrl}/api/v1${path}`, {
    ...init,
    headers: { "x-api-key": issued.key, ...init.headers },
  });

/** The head of a request with a good key, to be sent as it is. */
const head = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, "Host: api.example.com", `X-API-Key: ${issued.key}`, ...headers, "", ""].join("\r\n");

describe("what a service gets", () => {
  test("is the rest of the path as it was written, below its own path, with the query", async () => {
    await using service = await rawUpstream((socket) => socket.end(plainAnswer("ok")));
    await using gateway = await behind(`${service.url}/base/`);
    for (const [asked, got] of [
      ["/orders/a/b?c=d%20e&f=1+2", "/base/a/b?c=d%20e&f=1+2"],
      ["/orders/a%2Fb/%E2%82%AC", "/base/a%2Fb/%E2%82%AC"],
      ["/orders", "/base"],
      ["/orders/", "/base/"],
      ["/orders//x", "/base//x"],
    ]) {
      expect((await call(gateway, asked ?? "")).status).toBe(200);
      expect(service.heads.at(-1)).toStartWith(`GET ${got} HTTP/1.1`);
    }
  });

  test("never leads out of its own path", async () => {
    await using service = await rawUpstream((socket) => socket.end(plainAnswer("ok")));
    await using gateway = await behind(`${service.url}/base`);
    for (const path of [
      "/orders/../orders/..%2fsecret",
      "/orders/%2e%2e/%2e%2e/x",
      "/orders/..\\..\\x",
      "/orders/..",
    ]) {
      using client = rawClient(gateway.port, head(`GET /api/v1${path}`, "Connection: close"));
      await waitFor("an answer", () => client.received().startsWith("HTTP/1.1 "));
    }
    for (const seen of service.heads) expect(seen).toMatch(/^GET \/base[/ ]/);
  });

  test("says who calls and from where, and holds neither the key nor what is meant for one connection", async () => {
    await using service = await rawUpstream((socket) => socket.end(plainAnswer("ok")));
    await using gateway = await behind(service.url);
    const answer = await call(gateway, "/orders/x", {
      headers: {
        "x-api-key-id": "forged",
        "x-user-id": "forged",
        "x-forwarded-for": "203.0.113.7",
        forwarded: "for=203.0.113.7",
        "x-forwarded-proto": "https",
        "x-request-id": "request-1",
        connection: "keep-alive, x-private",
        "x-private": "1",
        te: "trailers",
        cookie: "a=b",
        "x-custom": "kept",
      },
    });
    expect(answer.headers.get("x-request-id")).toBe("request-1");
    const got = new Map(
      (service.heads[0] ?? "")
        .split("\r\n")
        .slice(1)
        .map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
        }),
    );
    expect(Object.fromEntries(got)).toMatchObject({
      "x-api-key-id": issued.keyId,
      "x-user-id": "customer-1",
      "x-forwarded-for": "203.0.113.7, 127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": `127.0.0.1:${gateway.port}`,
      "x-request-id": "request-1",
      cookie: "a=b",
      "x-custom": "kept",
      host: service.url.replace("http://", ""),
    });
    for (const name of ["x-api-key", "x-private", "te", "forwarded"]) expect(got.has(name)).toBe(false);
    expect(service.heads.join()).not.toContain(issued.key);
  });

  test("is asked for no encoding that the caller did not ask for", async () => {
    await using service = await rawUpstream((socket) => socket.end(plainAnswer("ok")));
    await using gateway = await behind(service.url);
    using client = rawClient(gateway.port, head("GET /api/v1/orders/x"));
    await client.sees("ok");
    expect(service.heads[0]?.toLowerCase()).not.toContain("accept-encoding");
  });
});

describe("what a caller gets", () => {
  test("is the service's status, headers and bytes, but for hop-by-hop and CORS headers", async () => {
    const packed = Bun.gzipSync("packed").toBase64();
    await using service = await rawUpstream((socket) => {
      socket.write("HTTP/1.1 418 Short\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\n");
      socket.write(
        "Access-Control-Allow-Origin: *\r\nX-Frame-Options: SAMEORIGIN\r\nKeep-Alive: timeout=5\r\n",
      );
      socket.write("Connection: X-Hop, close\r\nX-Hop: 1\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
      const bytes = Buffer.from(packed, "base64");
      socket.write(`Content-Length: ${bytes.length}\r\n\r\n`);
      socket.end(bytes);
    });
    await using gateway = await behind(service.url);
    using client = rawClient(
      gateway.port,
      head("GET /api/v1/orders/x", "Accept-Encoding: gzip", "Connection: close"),
    );
    await waitFor("the end", client.closed);
    const [top = "", ...rest] = client.received().split("\r\n\r\n");
    expect(top).toStartWith("HTTP/1.1 418");
    expect(top.match(/set-cookie: /gi)).toHaveLength(2);
    expect(top.match(/^date: /gim)).toHaveLength(1);
    expect(top.toLowerCase()).toContain("x-frame-options: sameorigin");
    expect(top.toLowerCase()).toContain("x-content-type-options: nosniff");
    expect(top).not.toMatch(/access-control|x-hop|keep-alive|transfer-encoding/i);
    expect(Buffer.from(rest.join("\r\n\r\n"), "latin1").toString("base64")).toBe(packed);
  });

  test("is a redirect where the service says so: it is not followed", async () => {
    await using service = await rawUpstream((socket) =>
      socket.end(
        "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
      ),
    );
    await using gateway = await behind(service.url);
    const answer = await call(gateway, "/orders/x", { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/elsewhere"]);
    expect(service.heads).toHaveLength(1);
  });

  test("to HEAD is the length and no body; 204 and 304 have none either", async () => {
    await using service = await rawUpstream((socket, top) => {
      const status = top.includes("/none")
        ? "204 No Content"
        : top.includes("/same")
          ? "304 Not Modified"
          : "200 OK";
      socket.end(
        `HTTP/1.1 ${status}\r\n${status === "200 OK" ? "Content-Length: 123456\r\n" : ""}ETag: "1"\r\nConnection: close\r\n\r\n`,
      );
    });
    await using gateway = await behind(service.url);
    const asked = await call(gateway, "/orders/x", { method: "HEAD" });
    expect([asked.status, asked.headers.get("content-length")]).toEqual([200, "123456"]);
    expect(service.heads[0]).toStartWith("HEAD /x");
    expect((await call(gateway, "/orders/none")).status).toBe(204);
    expect((await call(gateway, "/orders/same")).status).toBe(304);
  });
});

describe("streams", () => {
  test("events arrive when they are sent, not when the stream ends", async () => {
    const next = Promise.withResolvers<void>();
    await using service = await rawUpstream(async (socket) => {
      socket.write(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
      );
      socket.write("f\r\ndata: first\r\n\r\n\r\n");
      await next.promise;
      socket.write("10\r\ndata: second\r\n\r\n\r\n");
    });
    await using gateway = await behind(service.url);
    using client = rawClient(gateway.port, head("GET /api/v1/orders/events"));
    await client.sees("data: first");
    expect(client.received()).not.toContain("second");
    next.resolve();
    await client.sees("data: second");
    expect(client.received().toLowerCase()).toContain("content-type: text/event-stream");
  });

  test("a body arrives while it is being sent, and an answer may come before its end", async () => {
    let got = "";
    await using service = await rawUpstream((socket, _, rest) => {
      const take = (bytes: Buffer) => {
        got += bytes.toString("latin1");
        if (got.includes("early")) socket.end(plainAnswer("enough"));
      };
      take(rest);
      socket.on("data", take);
    });
    await using gateway = await behind(service.url);
    using client = rawClient(gateway.port, head("POST /api/v1/orders/x", "Transfer-Encoding: chunked"));
    client.socket.write("5\r\nfirst\r\n");
    await waitFor("the first part arrives", () => got.includes("first"));
    client.socket.write("5\r\nearly\r\n");
    await client.sees("enough");
  });

  test("a declared length stays declared, and a body of 200 MB passes whole without being held", async () => {
    const total = 200_000_000;
    let got = 0;
    await using service = await rawUpstream((socket, _, rest) => {
      got += rest.length;
      socket.on("data", (bytes) => {
        got += bytes.length;
        if (got === total) socket.end(plainAnswer("done"));
      });
      socket.pause();
      setTimeout(() => socket.resume(), 500);
    });
    await using gateway = await behind(service.url);
    const chunk = Buffer.alloc(1_000_000);
    using client = rawClient(gateway.port, head("PUT /api/v1/orders/x", `Content-Length: ${total}`));
    for (let sent = 0; sent < total; sent += chunk.length) {
      if (!client.socket.write(chunk)) await new Promise((resolve) => client.socket.once("drain", resolve));
    }
    await client.sees("done", 20_000);
    expect(service.heads[0]).toContain(`Content-Length: ${total}`);
    expect(peakBytes(gateway.pid)).toBeLessThan(180_000_000);
  }, 40_000);

  test("a caller who reads slowly slows the service down, and the memory stays", async () => {
    let written = 0;
    await using service = await rawUpstream((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n");
      const chunk = Buffer.alloc(1_000_000);
      const write = () => {
        while (written < 300) {
          written += 1;
          if (!socket.write(chunk)) return void socket.once("drain", write);
        }
      };
      write();
    });
    await using gateway = await behind(service.url);
    using client = rawClient(gateway.port, head("GET /api/v1/orders/x"));
    client.socket.pause();
    await Bun.sleep(1000);
    expect(written).toBeLessThan(60);
    expect(peakBytes(gateway.pid)).toBeLessThan(180_000_000);
  });

  test("more than 256 at once leave room for others", async () => {
    const service = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      fetch: ({ url }) =>
        url.endsWith("/hold")
          ? new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(3)) }))
          : new Response("free"),
    });
    await using gateway = await behind(`http://127.0.0.1:${service.port}`);
    const held = Array.from({ length: 300 }, () => rawClient(gateway.port, head("GET /api/v1/orders/hold")));
    try {
      await waitFor("all are held", () => held.every((client) => client.received().includes("200 OK")));
      expect(await (await call(gateway, "/orders/x")).text()).toBe("free");
    } finally {
      for (const client of held) client.socket.destroy();
      await service.stop(true);
    }
  });
});

describe("a caller who goes away", () => {
  test.each([
    ["before the answer", () => {}, ""],
    ["within the answer", (write: (text: string) => void) => write("HTTP/1.1 200 OK\r\n\r\npart"), "part"],
  ])("%s ends the service's work", async (_, begin, sees) => {
    await using service = await rawUpstream((socket) => begin((text) => socket.write(text)));
    await using gateway = await behind(service.url);
    using client = rawClient(gateway.port, head("GET /api/v1/orders/slow"));
    await waitFor("the service is at work", () => service.heads.length === 1);
    await client.sees(sees);
    client.socket.destroy();
    await waitFor("the service is let go", () => service.open() === 0, 2000);
    expect(gateway.stderr()).toBe("");
  });

  test("within the request's body ends it too", async () => {
    await using service = await rawUpstream(() => {});
    await using gateway = await behind(service.url);
    using client = rawClient(gateway.port, `${head("POST /api/v1/orders/x", "Content-Length: 1000")}begin`);
    await waitFor("the service is at work", () => service.heads.length === 1);
    client.socket.destroy();
    await waitFor("the service is let go", () => service.open() === 0, 2000);
  });
});

describe("a service that fails", () => {
  test("to listen is a 502, in JSON", async () => {
    await using gateway = await behind(`http://127.0.0.1:${await freePort()}`);
    const answer = await call(gateway, "/orders/x");
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: "bad_gateway" });
    await waitFor("it is logged", () => gateway.logs().some((line) => line.failure === "unreachable"));
  });

  test("to answer in time is a 504, and it is let go", async () => {
    await using service = await rawUpstream(() => {});
    await using gateway = await behind(service.url, { UPSTREAM_TIMEOUT_MS: "300" });
    const began = performance.now();
    const answer = await call(gateway, "/orders/x", { method: "POST", body: "a body" });
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ error: "gateway_timeout" });
    expect(performance.now() - began).toBeGreaterThan(280);
    expect(performance.now() - began).toBeLessThan(2000);
    await waitFor("the service is let go", () => service.open() === 0, 2000);
  });

  test("but is slow to be sent to is not cut while bytes still flow", async () => {
    await using service = await rawUpstream((socket, _, rest) => {
      let got = rest.length;
      socket.on("data", (bytes) => {
        got += bytes.length;
        if (got >= 10) socket.end(plainAnswer("all"));
      });
    });
    await using gateway = await behind(service.url, { UPSTREAM_TIMEOUT_MS: "400" });
    using client = rawClient(gateway.port, head("POST /api/v1/orders/x", "Content-Length: 10"));
    for (let sent = 0; sent < 10; sent += 1) {
      await Bun.sleep(100);
      client.socket.write("x");
    }
    await client.sees("all");
  });

  test("to go on within its answer breaks the answer, so that nobody takes it for whole", async () => {
    await using service = await rawUpstream((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart");
    });
    await using gateway = await behind(service.url, { UPSTREAM_IDLE_TIMEOUT_MS: "300" });
    using client = rawClient(gateway.port, head("GET /api/v1/orders/x"));
    await client.sees("part");
    await waitFor("the connection is broken", client.closed, 2000);
    expect(client.received()).not.toContain("\r\n0\r\n\r\n");
    await waitFor("the service is let go", () => service.open() === 0, 2000);
    expect(gateway.stderr()).toBe("");
  });

  test("in the middle of an answer breaks it as well, and of a short one it is a 502", async () => {
    await using service = await rawUpstream((socket, top) => {
      const length = top.includes("/long") ? 100_000 : 100;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\npart`);
      setTimeout(() => socket.destroy(), 50);
    });
    await using gateway = await behind(service.url);
    expect((await call(gateway, "/orders/short")).status).toBe(502);
    await expect(call(gateway, "/orders/long").then((answer) => answer.text())).rejects.toThrow();
    expect(gateway.stderr()).toBe("");
  });

  test("to keep an idle connection costs no request, not even a POST", async () => {
    await using service = await rawUpstream((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      socket.once("data", () => socket.destroy()); // a second request on the same connection finds it closing
    });
    await using gateway = await behind(service.url);
    for (const method of ["GET", "GET", "POST", "PUT", "GET", "DELETE", "GET"]) {
      const body = method === "POST" || method === "PUT" ? { body: "a body" } : {};
      expect((await call(gateway, "/orders/x", { method, ...body })).status).toBe(200);
    }
  });
});

describe("what is not passed on", () => {
  test("is an unknown service, a WebSocket, and a body over the limit, declared or not", async () => {
    await using service = await rawUpstream((socket) => socket.on("data", () => {}));
    await using gateway = await behind(service.url, { MAX_BODY_BYTES: "1000" });
    const unknown = await call(gateway, "/nobody/x");
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: "not_found" }]);
    const upgrade = await call(gateway, "/orders/x", {
      headers: { connection: "upgrade", upgrade: "websocket" },
    });
    expect(upgrade.status).toBe(501);
    const declared = await call(gateway, "/orders/x", { method: "POST", body: "x".repeat(1001) });
    expect([declared.status, await declared.json()]).toMatchObject([413, { error: "too_large" }]);
    expect(service.heads).toHaveLength(0);
    using client = rawClient(gateway.port, head("POST /api/v1/orders/x", "Transfer-Encoding: chunked"));
    client.socket.write(`3e8\r\n${"x".repeat(1000)}\r\n`);
    await waitFor("the service is at work", () => service.heads.length === 1);
    client.socket.write("1\r\nx\r\n");
    await client.sees("HTTP/1.1 413");
    await waitFor("the service is let go", () => service.open() === 0, 2000);
  });
});

/** The most memory that the process ever had. */
function peakBytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
