import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { waitFor } from "../../support/wait-for.ts";
import { createKeyTable, type IssuedKey, type KeyTable, OLD_PEPPER } from "./api-keys.ts";
import { type GatewayProcess, runGateway, startGateway, startReadyGateway } from "./gateway-process.ts";

const PAGE = "https://app.example.com";
const TEST = "/api/v1/service-1/test";

let postgres: TestPostgres;
let table: KeyTable;
let issued: IssuedKey;
let gateway: GatewayProcess;
beforeAll(async () => {
  postgres = await startPostgres();
  table = await createKeyTable(postgres, "answers");
  issued = await table.issue();
  gateway = await startReadyGateway(table.url, { CORS_ORIGINS: `${PAGE}, http://localhost:3000` });
}, 180_000);
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});

const call = (path: string, init: RequestInit = {}, to = gateway): Promise<Response> =>
  fetch(to.baseUrl + path, { ...init, headers: { "x-api-key": issued.key, ...init.headers } });

describe("service-1", () => {
  test("says no to other methods, and which it knows", async () => {
    const answer = await call(TEST, { method: "DELETE" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, POST, OPTIONS"]);
    expect(await answer.json()).toMatchObject({ error: "method_not_allowed" });
    expect((await call(TEST, { method: "OPTIONS" })).status).toBe(204);
    const asked = await call(TEST, { method: "HEAD" });
    expect([asked.status, await asked.text()]).toEqual([200, ""]);
    expect((await call("/api/v1/service-1/other")).status).toBe(404);
  });

  test("takes 64 KiB and not a byte more, declared or not", async () => {
    const most = await call(TEST, { method: "POST", body: "x".repeat(65_536) });
    expect([most.status, await most.json()]).toMatchObject([200, { body: { bytes: 65_536 } }]);
    const over = await call(TEST, { method: "POST", body: "x".repeat(65_537) });
    expect([over.status, await over.json()]).toMatchObject([413, { error: "too_large" }]);
    const chunks = async function* () {
      for (let sent = 0; sent < 100; sent += 1) yield Buffer.alloc(1000);
    };
    expect((await call(TEST, { method: "POST", body: chunks() as unknown as ReadableStream })).status).toBe(
      413,
    );
    expect((await call(TEST)).status).toBe(200);
  });
});

describe("every answer", () => {
  test.each([
    ["/", 404],
    ["/api/v1", 404],
    ["/api/v1/", 404],
    ["/api/v1/nobody", 404],
    ["/api/v2/service-1/test", 404],
    ["/actuator/health/other", 404],
    [TEST, 200],
    ["/actuator/health", 200],
    ["/actuator/health/liveness", 200],
  ])("to %s is %i, in JSON, with an id and security headers", async (path, status) => {
    const answer = await call(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    await answer.json();
  });

  test("has the caller's id where that is fit for a log, and else a new one", async () => {
    const idOf = async (given: string) =>
      (await call("/", { headers: { "x-request-id": given } })).headers.get("x-request-id");
    expect(await idOf("a-b.c:1_2")).toBe("a-b.c:1_2");
    for (const unfit of ["a b", "x".repeat(129), '"}{"'])
      expect(await idOf(unfit)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("without a key is 401 below /api/v1, so that nobody learns which services there are", async () => {
    for (const path of [TEST, "/api/v1/nobody/x"]) {
      expect((await fetch(gateway.baseUrl + path)).status).toBe(401);
    }
  });

  test("that refuses leaves one line of JSON; others leave none", async () => {
    await call(TEST, { headers: { "x-request-id": "fine-1" } });
    await call("/nothing?token=secret", { headers: { "x-request-id": "refused-1" } });
    const line = await waitFor("the refusal is in the log", () =>
      gateway.logs().find(({ requestId }) => requestId === "refused-1"),
    );
    expect(line).toMatchObject({
      level: "warn",
      msg: "refused",
      method: "GET",
      path: "/nothing",
      status: 404,
    });
    expect(gateway.logs().some(({ requestId }) => requestId === "fine-1")).toBe(false);
    expect(JSON.stringify(gateway.logs())).not.toContain("token=secret");
  });

  test("that refuses is counted only, when there are too many to log", async () => {
    await using crowded = await startReadyGateway(table.url);
    await Promise.all(Array.from({ length: 300 }, () => fetch(`${crowded.baseUrl}/nothing`)));
    await waitFor("the next second", async () => {
      await fetch(`${crowded.baseUrl}/nothing`);
      return crowded.logs().some(({ withheld }) => Number(withheld) > 200);
    });
    expect(crowded.logs().length).toBeLessThan(100);
  });
});

describe("readiness", () => {
  test("is logged at its first good answer, and only then", async () => {
    await using fresh = await startGateway(table.url);
    expect(fresh.logs().some(({ msg }) => msg === "ready")).toBe(false);
    await waitFor("it is ready", async () => (await call("/actuator/health", {}, fresh)).status === 200);
    const answeredAt = Date.now();
    await call("/actuator/health", {}, fresh);
    const lines = fresh.logs().filter(({ msg }) => msg === "ready");
    expect(lines).toEqual([{ level: "info", msg: "ready", at: expect.stringMatching(/\.\d{3}Z$/) }]);
    expect(Math.abs(Date.parse(String(lines[0]?.at)) - answeredAt)).toBeLessThan(100);
  });

  test("is asked of the database a few times a second, however often it is probed", async () => {
    const asked = async () => {
      const [row] = await table.sql`select sum(xact_commit)::int as commits
        from pg_stat_database where datname = 'answers'`;
      return row.commits as number;
    };
    await Bun.sleep(1100); // the statistics come at most once a second
    const before = await asked();
    const until = performance.now() + 1000;
    let probes = 0;
    while (performance.now() < until) {
      await Promise.all(Array.from({ length: 10 }, () => call("/actuator/health")));
      probes += 10;
    }
    await Bun.sleep(1100);
    expect(probes).toBeGreaterThan(50);
    expect((await asked()) - before).toBeLessThan(40);
  });
});

describe("CORS", () => {
  const preflight = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "x-api-key",
  };

  test("lets listed pages ask, without a key for the question whether they may", async () => {
    const asked = await fetch(gateway.baseUrl + TEST, {
      method: "OPTIONS",
      headers: { origin: PAGE, ...preflight },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(asked.headers.get("access-control-allow-headers")).toContain("X-API-Key");
    const answer = await call(TEST, { headers: { origin: PAGE } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(answer.headers.get("vary")).toContain("Origin");
    const refused = await fetch(gateway.baseUrl + TEST, { headers: { origin: PAGE } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, PAGE]);
  });

  test("says nothing to other pages, and to none when no page is listed", async () => {
    await using closed = await startReadyGateway(table.url);
    for (const [to, origin] of [
      [gateway, "https://other.example.com"],
      [gateway, "https://app.example.com.evil.example"],
      [closed, PAGE],
    ] as const) {
      const asked = await call(TEST, { method: "OPTIONS", headers: { origin, ...preflight } }, to);
      const answer = await call(TEST, { headers: { origin } }, to);
      for (const { headers } of [asked, answer])
        expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

describe("the rate limit", () => {
  test("is each key's own, says how long to wait, and lets pass again after that", async () => {
    await using limited = await startReadyGateway(table.url, {
      RATE_LIMIT_PER_SECOND: "2",
      RATE_LIMIT_BURST: "5",
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(TEST, {}, limited)));
    const passed = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect(passed.length + refused.length).toBe(20);
    expect(passed.length).toBeGreaterThanOrEqual(5);
    expect(passed.length).toBeLessThanOrEqual(8);
    expect(passed.map(({ headers }) => headers.get("ratelimit-remaining"))).toContain("0");
    for (const answer of refused) {
      expect(answer.headers.get("retry-after")).toBe("1");
      expect(answer.headers.get("ratelimit-limit")).toBe("5");
      expect(await answer.json()).toMatchObject({ error: "rate_limited" });
    }
    const other = await table.issue();
    expect((await call(TEST, { headers: { "x-api-key": other.key } }, limited)).status).toBe(200);
    await Bun.sleep(1000);
    expect((await call(TEST, {}, limited)).status).toBe(200);
  });
});

describe("a wrong configuration", () => {
  test("ends the gateway with 2 and every fault at once, none of them a secret", async () => {
    const { code, stdout, stderr } = await runGateway({
      DATABASE_URL: "mysql://somebody:hidden-password@database/x",
      API_KEY_PEPPER: "2:hidden-pepper-long-enough,1:short",
      UPSTREAMS: "http://user:hidden-too@orders",
      PORT: "eighty",
    });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    for (const name of ["DATABASE_URL", "API_KEY_PEPPER", "UPSTREAMS", "PORT"])
      expect(stderr).toContain(`error: ${name}: `);
    expect(stderr).toContain("\nhint: ");
    expect(stderr).not.toContain("hidden");
  });

  test("is a port that is taken: it ends with 1, and says so in its log", async () => {
    const env = { DATABASE_URL: table.url, API_KEY_PEPPER: OLD_PEPPER.value, HOST: "127.0.0.1" };
    const { code, stdout, stderr } = await runGateway({ ...env, PORT: String(gateway.port) });
    expect([code, stderr]).toEqual([1, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      level: "error",
      cause: expect.stringContaining("EADDRINUSE"),
    });
  });

  test("is an empty one too", async () => {
    const { code, stderr } = await runGateway({
      API_KEY_PEPPER: "",
      API_KEY_PEPPER_FILE: "/nonexistent/pepper",
    });
    expect(code).toBe(2);
    expect(stderr).toContain("error: API_KEY_PEPPER_FILE: cannot read /nonexistent/pepper (ENOENT)");
    expect(stderr).toContain("error: DATABASE_URL: is not set");
  });
});
