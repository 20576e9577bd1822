import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { waitFor } from "../../support/wait-for.ts";
import { createKeyTable, type IssuedKey, type KeyTable } from "./api-keys.ts";
import { type GatewayProcess, startReadyGateway } from "./gateway-process.ts";
import { rawClient } from "./raw-client.ts";
import { rawUpstream } from "./raw-upstream.ts";

const TEST = "/api/v1/service-1/test";

let postgres: TestPostgres;
let table: KeyTable;
let issued: IssuedKey;
beforeAll(async () => {
  postgres = await startPostgres();
  table = await createKeyTable(postgres, "shutdown");
  issued = await table.issue();
}, 180_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());

const call = (gateway: GatewayProcess, path = TEST, init: RequestInit = {}): Promise<Response> =>
  fetch(gateway.baseUrl + path, { ...init, headers: { "x-api-key": issued.key } });

const head = (path: string): string =>
  [`GET ${path} HTTP/1.1`, "Host: api.example.com", `X-API-Key: ${issued.key}`, "", ""].join("\r\n");

/** The time to the end after the signal, and the exit code. */
async function end(
  gateway: GatewayProcess,
  signal: "SIGTERM" | "SIGINT",
): Promise<{ ms: number; code: number }> {
  const began = performance.now();
  gateway.signal(signal);
  return { code: await gateway.exited, ms: performance.now() - began };
}

test.each(["SIGTERM", "SIGINT"] as const)("%s ends an idle gateway at once, with 0", async (signal) => {
  await using gateway = await startReadyGateway(table.url);
  await call(gateway);
  const { code, ms } = await end(gateway, signal);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(1500);
  expect(gateway.logs().at(-1)).toMatchObject({ msg: "stopped", ended: "quiet" });
  expect(gateway.stderr()).toBe("");
});

test("what is under way is finished, and what still comes is answered on a connection that is closed", async () => {
  const finish = Promise.withResolvers<void>();
  await using service = await rawUpstream(async (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n");
    await finish.promise;
    socket.end("3\r\nend\r\n0\r\n\r\n");
  });
  await using gateway = await startReadyGateway(table.url, { UPSTREAMS: `orders=${service.url}` });
  using running = rawClient(gateway.port, head("/api/v1/orders/x"));
  await running.sees("begin");
  using kept = rawClient(gateway.port, head(TEST));
  await kept.sees("service-1");
  expect(kept.received().toLowerCase()).not.toContain("connection: close");

  gateway.signal("SIGTERM");
  await waitFor("it is stopping", () => gateway.logs().some(({ msg }) => msg === "stopping"));
  const late = await call(gateway);
  expect([late.status, late.headers.get("connection")]).toEqual([200, "close"]);
  kept.socket.write(head(TEST));
  await waitFor("a kept connection is answered and closed", () => kept.closed());
  expect(kept.received().match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
  expect((await call(gateway, "/actuator/health")).status).toBe(200);

  finish.resolve();
  await running.sees("end\r\n0\r\n\r\n");
  expect(await gateway.exited).toBe(0);
});

test("under load on kept connections no request is lost when the load moves to another gateway", async () => {
  await using old = await startReadyGateway(table.url, { RATE_LIMIT_BURST: "1000000" });
  await using next = await startReadyGateway(table.url, { RATE_LIMIT_BURST: "1000000" });
  const target = { gateway: old };
  const answers = { good: 0, byOld: 0, bad: [] as unknown[] };
  let stop = false;
  const customer = async (method: "GET" | "POST") => {
    while (!stop) {
      const { gateway } = target;
      try {
        const { status } = await call(gateway, TEST, method === "POST" ? { method, body: "a body" } : {});
        if (status !== 200) answers.bad.push(status);
        else if (gateway === old) answers.byOld += 1;
        answers.good += 1;
      } catch (error) {
        answers.bad.push(String(error));
      }
      await Bun.sleep(5);
    }
  };
  const customers = Array.from({ length: 16 }, (_, index) => customer(index % 2 === 0 ? "GET" : "POST"));
  await waitFor("the load runs", () => answers.byOld > 100);
  old.signal("SIGTERM");
  await waitFor("it is stopping", () => old.logs().some(({ msg }) => msg === "stopping"));
  const answered = answers.byOld;
  await waitFor("it goes on answering", () => answers.byOld > answered + 100);
  target.gateway = next;
  expect(await old.exited).toBe(0);
  stop = true;
  await Promise.all(customers);
  expect(answers.bad).toEqual([]);
}, 30_000);

test("a stream that does not end is cut before Docker would, and the exit is still 0", async () => {
  await using service = await rawUpstream((socket) => socket.write("HTTP/1.1 200 OK\r\n\r\nfor ever"));
  await using gateway = await startReadyGateway(table.url, { UPSTREAMS: `orders=${service.url}` });
  using client = rawClient(gateway.port, head("/api/v1/orders/x"));
  await client.sees("for ever");
  const { code, ms } = await end(gateway, "SIGTERM");
  expect(code).toBe(0);
  expect(ms).toBeGreaterThan(8000);
  expect(ms).toBeLessThan(10_000);
  expect(gateway.logs().at(-1)).toMatchObject({ msg: "stopped", ended: "late" });
}, 20_000);

describe("a frozen database", () => {
  test("does not keep the gateway from ending in time", async () => {
    await using gateway = await startReadyGateway(table.url);
    await call(gateway);
    await postgres.freeze();
    try {
      const { code, ms } = await end(gateway, "SIGTERM");
      expect(code).toBe(0);
      expect(ms).toBeLessThan(5000);
    } finally {
      await postgres.thaw();
    }
  });
});
