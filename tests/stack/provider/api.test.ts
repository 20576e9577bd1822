import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHmac } from "node:crypto";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";
import { waitFor } from "../../support/wait-for.ts";
import { type TestStack, testStack } from "./test-stack.ts";

const PEPPERS = { API_KEY_PEPPER: "7:the pepper that issues,6:the pepper before" };

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack(PEPPERS);
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose]());

async function customer(): Promise<ProviderApi> {
  const api = new ProviderApi(stack.provider.baseUrl);
  // Sign-ups of one address are limited: each customer here comes from an address of its own, as the ingress says.
  const [a, b] = [Math.random(), Math.random()].map((part) => Math.floor(part * 250) + 1);
  const response = await api.call("POST", "/api/auth/sign-up/email", newAccount(), {
    "x-forwarded-for": `198.18.${a}.${b}`,
  });
  expect(response.status).toBe(200);
  return api;
}

async function problemOf(response: Response): Promise<{ status: number; code: string }> {
  expect(response.headers.get("content-type")).toContain("application/json");
  const { code, message } = await response.json();
  expect(message).toBeString();
  return { status: response.status, code };
}

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

describe("an account", () => {
  test("signs up, signs in elsewhere, and signs out at once and for good", async () => {
    const account = newAccount();
    const api = new ProviderApi(stack.provider.baseUrl);
    expect((await api.signUp(account)).status).toBe(200);
    const elsewhere = new ProviderApi(stack.provider.baseUrl);
    expect((await elsewhere.signIn(account)).status).toBe(200);
    expect(await elsewhere.keys()).toEqual([]);

    const before = new Map(elsewhere.cookies);
    const out = await elsewhere.call("POST", "/api/auth/sign-out", {}, { origin: stack.provider.baseUrl });
    expect(out.status).toBe(200);
    for (const [name, value] of before) elsewhere.cookies.set(name, value);
    expect((await elsewhere.call("GET", "/api/keys")).status).toBe(401);
    expect(await api.keys()).toEqual([]);
  });

  test("the session's cookie is out of reach of scripts and of other sites' forms", async () => {
    const response = await new ProviderApi(stack.provider.baseUrl).signUp(newAccount());
    expect(response.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Lax/);
  });

  test.each([
    [{ name: "A", email: "no address", password: "long enough" }],
    [{ name: "A", email: "a@example.com", password: "short" }],
    [{ email: "b@example.com", password: "long enough" }],
    ["{not json"],
    [{ name: "A\u0000", email: "nul@example.com", password: "long enough" }],
  ])("signing up with %j is refused as the caller's fault, in JSON", async (body) => {
    const api = new ProviderApi(stack.provider.baseUrl);
    const response = await api.call("POST", "/api/auth/sign-up/email", body);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(response.headers.get("content-type")).toContain("application/json");
  });

  test("guessing a password is stopped after ten tries within ten seconds", async () => {
    const { email } = newAccount();
    const api = new ProviderApi(stack.provider.baseUrl);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const guess = { email, password: `guess number ${attempt}` };
      // Ignored: this peer is the ingress, so the last entry counts, and it stays the same.
      const headers = { "x-forwarded-for": `203.0.113.${attempt}, 198.19.0.1` };
      statuses.push((await api.call("POST", "/api/auth/sign-in/email", guess, headers)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });
});

describe("a key", () => {
  test("is given once, listed by its prefix, and revoked", async () => {
    const api = await customer();
    const made = await api.makeKey("  Shop backend ", "live");
    expect(made.key).toMatch(/^sk_live_[0-9A-Za-z]{44}$/);
    expect(made.name).toBe("Shop backend");

    const [listed] = await api.keys();
    expect(listed).toEqual({
      id: made.id,
      name: "Shop backend",
      mode: "live",
      prefix: made.key.slice(0, "sk_live_".length + 12),
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      lastUsedAt: null,
      revokedAt: null,
    });
    const whole = JSON.stringify(await api.keys());
    expect(whole).not.toContain(made.key.slice(-32));

    expect((await api.call("DELETE", `/api/keys/${made.id}`)).status).toBe(204);
    const first = (await api.keys())[0]?.revokedAt;
    expect(first).toBeString();
    expect((await api.call("DELETE", `/api/keys/${made.id}`)).status).toBe(204);
    expect((await api.keys())[0]?.revokedAt).toBe(first as string);
  });

  test("is kept as its hash under the pepper that issues, with that pepper's version", async () => {
    const api = await customer();
    const { id, key } = await api.makeKey("a", "test");
    const [row] = await stack.database.sql`select hash, pepper_version, key_id from api_key where id = ${id}`;
    const expected = createHmac("sha256", "the pepper that issues").update(key).digest("hex");
    expect(Buffer.from(row.hash).toString("hex")).toBe(expected);
    expect(row.pepper_version).toBe(7);
    expect(key.slice("sk_test_".length, "sk_test_".length + 12)).toBe(row.key_id);
  });

  test("of somebody else does not exist, and neither does an unknown one", async () => {
    const [owner, other] = [await customer(), await customer()];
    const { id } = await owner.makeKey("mine", "test");
    for (const wanted of [id, "5c1b9a52-7d58-4c55-8d6f-26c1f0a5a001", "1", "%00", "a'b"]) {
      const answer = await problemOf(await other.call("DELETE", `/api/keys/${wanted}`));
      expect(answer).toEqual({ status: 404, code: "NOT_FOUND" });
    }
    expect((await owner.keys())[0]?.revokedAt).toBeNull();
    expect(await other.keys()).toEqual([]);
  });

  test("cannot be made beyond fifty, even by sixty requests at once; revoking one makes room", async () => {
    const api = await customer();
    const make = (n: number) => api.call("POST", "/api/keys", { name: `key ${n}`, mode: "test" });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => make(n)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(50);
    const refused = answers.find((answer) => answer.status !== 201);
    if (!refused) throw new Error("none was refused");
    expect(await problemOf(refused)).toEqual({ status: 409, code: "LIMIT_REACHED" });

    const [first] = await api.keys();
    await api.call("DELETE", `/api/keys/${first?.id}`);
    expect((await make(61)).status).toBe(201);
  });

  test.each([
    ["no mode", { name: "a" }],
    ["another mode", { name: "a", mode: "prod" }],
    ["no name", { name: " ", mode: "test" }],
    ["a name too long", { name: "x".repeat(81), mode: "test" }],
    ["a control character", { name: "a\u0000b", mode: "test" }],
    ["a field too many", { name: "a", mode: "test", hash: "x" }],
    ["no JSON", "{"],
    ["an empty body", ""],
  ])("with %s is a 400 that says what is wrong", async (_, body) => {
    const api = await customer();
    const response = await api.call("POST", "/api/keys", body);
    expect(await problemOf(response)).toEqual({ status: 400, code: "BAD_REQUEST" });
  });

  test("asked for in another form than JSON is a 415", async () => {
    const api = await customer();
    const headers = { "content-type": "text/plain" };
    const answer = await problemOf(
      await api.call("POST", "/api/keys", '{"name":"a","mode":"test"}', headers),
    );
    expect(answer).toEqual({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
  });
});

describe("another site", () => {
  test.each(["https://evil.example", "null", "http://localhost:1"])(
    "%s can neither make nor revoke",
    async (origin) => {
      const api = await customer();
      const { id } = await api.makeKey("mine", "test");
      const made = await api.call("POST", "/api/keys", { name: "theirs", mode: "test" }, { origin });
      expect(await problemOf(made)).toEqual({ status: 403, code: "FORBIDDEN" });
      expect((await api.call("DELETE", `/api/keys/${id}`, undefined, { origin })).status).toBe(403);
      expect((await api.keys()).map((key) => key.revokedAt)).toEqual([null]);
    },
  );

  test("cannot sign a visitor in or out", async () => {
    const api = await customer();
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect((await api.call("POST", "/api/auth/sign-out", {}, headers)).status).toBe(403);
    const fresh = new ProviderApi(stack.provider.baseUrl);
    expect((await fresh.call("POST", "/api/auth/sign-in/email", newAccount(), headers)).status).toBe(403);
  });

  test("the provider's own pages can", async () => {
    const api = await customer();
    const headers = { origin: stack.provider.baseUrl };
    expect((await api.call("POST", "/api/keys", { name: "a", mode: "test" }, headers)).status).toBe(201);
  });
});

describe("a request too large", () => {
  test("is refused before it is read", async () => {
    const api = await customer();
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
  const api = await customer();
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
  const api = await customer();
  const account = newAccount();
  await api.signIn(account);
  const log = await stack.provider.logs();
  expect(log).not.toContain("example.com");
  expect(log).not.toContain("the pepper that issues");
  expect(log).not.toContain("sk_");
});
