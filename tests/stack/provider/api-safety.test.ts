import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";
import { PROVIDER_SECRETS } from "../../support/provider-container.ts";
import { waitFor } from "../../support/wait-for.ts";
import { newCustomer, problemOf } from "./api-calls.ts";
import { type TestStack, testStack } from "./test-stack.ts";

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose]());

describe("without a session", () => {
  test.each([
    ["GET", "/api/keys"],
    ["POST", "/api/keys"],
    ["DELETE", "/api/keys/5c1b9a52-7d58-4c55-8d6f-26c1f0a5a001"],
  ])("%s %s is a 401 in JSON", async (method, path) => {
    const api = new ProviderApi(stack.provider.baseUrl);
    const body = method === "POST" ? { name: "a", mode: "test" } : undefined;
    expect(await problemOf(await api.call(method, path, body))).toEqual({
      status: 401,
      code: "UNAUTHORIZED",
    });
  });

  test("a cookie that nobody signed is no session", async () => {
    const api = new ProviderApi(stack.provider.baseUrl);
    api.cookies.set("better-auth.session_token", `token.${"A".repeat(43)}%3D`);
    expect((await api.call("GET", "/api/keys")).status).toBe(401);
  });

  test("the start leads to the sign-in page, and so does the list of keys", async () => {
    const api = new ProviderApi(stack.provider.baseUrl);
    for (const path of ["/", "/keys"]) {
      const response = await api.call("GET", path);
      expect([response.status, response.headers.get("location")]).toEqual([307, "/sign-in"]);
    }
  });
});

describe("another site", () => {
  test.each(["https://evil.example", "null", "http://localhost:1"])(
    "%s can neither make nor revoke",
    async (origin) => {
      const api = await newCustomer(stack.provider.baseUrl);
      const { id } = await api.makeKey("mine", "test");
      const made = await api.call("POST", "/api/keys", { name: "theirs", mode: "test" }, { origin });
      expect(await problemOf(made)).toEqual({ status: 403, code: "FORBIDDEN" });
      expect((await api.call("DELETE", `/api/keys/${id}`, undefined, { origin })).status).toBe(403);
      expect((await api.keys()).map((key) => key.revokedAt)).toEqual([null]);
    },
  );

  test("cannot sign a visitor in or out", async () => {
    const api = await newCustomer(stack.provider.baseUrl);
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect((await api.call("POST", "/api/auth/sign-out", {}, headers)).status).toBe(403);
    const fresh = new ProviderApi(stack.provider.baseUrl);
    expect((await fresh.call("POST", "/api/auth/sign-in/email", newAccount(), headers)).status).toBe(403);
  });

  test("the provider's own pages can", async () => {
    const api = await newCustomer(stack.provider.baseUrl);
    const headers = { origin: stack.provider.baseUrl };
    expect((await api.call("POST", "/api/keys", { name: "a", mode: "test" }, headers)).status).toBe(201);
  });
});

describe("a request too large", () => {
  test("is refused before it is read", async () => {
    const api = await newCustomer(stack.provider.baseUrl);
    const response = await api.call("POST", "/api/keys", { name: "x".repeat(70_000), mode: "test" });
    expect(await problemOf(response)).toEqual({ status: 413, code: "TOO_LARGE" });
  });

  test("or of no stated length is refused as well", async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("{}"));
        controller.close();
      },
    });
    const response = await fetch(`${stack.provider.baseUrl}/api/keys`, { method: "POST", body });
    expect(await problemOf(response)).toEqual({ status: 411, code: "LENGTH_REQUIRED" });
  });
});

describe("every page", () => {
  let policies: string[];
  beforeEach(async () => {
    const pages = ["/sign-in", "/sign-up", "/nowhere"].map((path) => fetch(stack.provider.baseUrl + path));
    policies = (await Promise.all(pages)).map((page) => page.headers.get("content-security-policy") ?? "");
  });

  test("allows no script but its own, by a nonce that is never the same", () => {
    for (const policy of policies)
      expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
    expect(new Set(policies).size).toBe(policies.length);
  });

  test("cannot be put in a frame, and is not kept by a cache", async () => {
    for (const policy of policies) expect(policy).toContain("frame-ancestors 'none'");
    const page = await fetch(`${stack.provider.baseUrl}/sign-in`);
    expect(page.headers.get("cache-control")).toContain("no-store");
    expect(page.headers.get("x-powered-by")).toBeNull();
  });
});

test("however much waits for the database, asked by pages and programs, ten connections are all that it takes", async () => {
  const api = await newCustomer(stack.provider.baseUrl);
  const asked = ["/keys", "/api/keys", "/sign-in", "/api/auth/get-session"];
  await using held = await stack.database.sql.reserve();
  await held`begin`;
  await held`lock table session in access exclusive mode`;
  const calls = Array.from({ length: 60 }, (_, n) => api.call("GET", asked[n % asked.length] ?? "/"));
  const count = async () => {
    const [row] = await stack.database.sql`select count(*)::int as n from pg_stat_activity
      where application_name = 'soloflow-provider'`;
    return row.n as number;
  };
  await waitFor("the pool is at its limit", async () => (await count()) >= 10);
  await Bun.sleep(500); // for a connection too many to show itself
  expect(await count()).toBe(10);
  await held`rollback`;
  await Promise.all(calls);
});

test("no secret and no address of a customer is in the log", async () => {
  const api = await newCustomer(stack.provider.baseUrl);
  const account = newAccount();
  await api.signIn(account);
  const log = await stack.provider.logs();
  expect(log).not.toContain("example.com");
  for (const secret of Object.values(PROVIDER_SECRETS)) expect(log).not.toContain(secret);
  expect(log).not.toContain("sk_");
});
