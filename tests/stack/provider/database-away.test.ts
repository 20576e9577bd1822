import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";
import { isReady, PROVIDER_SECRETS, startProvider } from "../../support/provider-container.ts";
import { waitFor } from "../../support/wait-for.ts";
import { testServer } from "./test-database.ts";
import { type TestStack, testStack } from "./test-stack.ts";

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let stack: TestStack;
let api: ProviderApi;
beforeAll(async () => {
  stack = await testStack();
  api = new ProviderApi(stack.provider.baseUrl);
  await api.signUp(newAccount());
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose]());
afterEach(async () => {
  stack.proxy.thaw();
  stack.proxy.mend();
  await waitFor("the provider is ready again", () => isReady(stack.provider.baseUrl), 15_000);
});

const get = (path: string) => fetch(stack.provider.baseUrl + path, { redirect: "manual" });

describe("while the database is gone", () => {
  test("readiness says so, liveness does not care, and all comes back by itself", async () => {
    stack.proxy.cut();
    const down = await get("/api/health");
    expect(down.status).toBe(503);
    expect(await down.json()).toMatchObject({ status: "DOWN", reason: expect.stringContaining("database") });
    expect((await get("/api/health/liveness")).status).toBe(200);
    stack.proxy.mend();
    await waitFor("ready", () => isReady(stack.provider.baseUrl));
    expect(await api.keys()).toEqual([]);
  });

  test("the API answers 503 in JSON, which is not the same as being signed out", async () => {
    stack.proxy.cut();
    for (const response of [
      await api.call("GET", "/api/keys"),
      await api.call("POST", "/api/keys", { name: "a", mode: "test" }),
    ]) {
      expect(response.status).toBe(503);
      expect((await response.json()).code).toBe("UNAVAILABLE");
    }
  });

  test("a sign-in fails as the server's fault, in JSON", async () => {
    stack.proxy.cut();
    const response = await new ProviderApi(stack.provider.baseUrl).signIn(newAccount());
    expect(response.status).toBe(503);
    expect((await response.json()).code).toBe("UNAVAILABLE");
  });

  test("a page says it in words, and shows nothing of the error", async () => {
    stack.proxy.cut();
    const page = await api.call("GET", "/keys");
    const html = await page.text();
    expect(page.status).toBe(500);
    expect(html).not.toContain("ECONN");
    expect(html).not.toContain("127.0.0.1");
  });
});

describe("while the database hangs", () => {
  test("readiness answers within its second", async () => {
    stack.proxy.freeze();
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => get("/api/health")));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([503]));
    expect((await get("/api/health/liveness")).status).toBe(200);
  });

  test("a customer is told within ten seconds", async () => {
    stack.proxy.freeze();
    const started = performance.now();
    expect((await api.call("GET", "/api/keys")).status).toBe(503);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test("a schema that is missing is no readiness, and the log is silent about ready until it is there", async () => {
  await using server = await testServer();
  const database = await server.database();
  await using provider = await startProvider({ DATABASE_URL: database.url, ...PROVIDER_SECRETS });
  const answer = await waitFor("an answer", () =>
    fetch(`${provider.baseUrl}/api/health`).catch(() => undefined),
  );
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ status: "DOWN", reason: "schema is missing: run the migrations" });
  await database.sql`create table schema_migration (id integer primary key)`;
  await database.sql`insert into schema_migration values (1)`;
  const older = await (await fetch(`${provider.baseUrl}/api/health`)).json();
  expect(older.reason).toMatch(/^schema is at 1, this version needs \d+: run the migrations$/);
  expect(await provider.logs()).not.toContain('"msg":"ready"');

  await database.sql`insert into schema_migration values (9999)`;
  expect(await isReady(provider.baseUrl)).toBe(true);
  expect(await isReady(provider.baseUrl)).toBe(true);
  const lines = (await provider.logs()).split("\n").filter((line) => line.includes('"msg":"ready"'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "info",
    msg: "ready",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
});
