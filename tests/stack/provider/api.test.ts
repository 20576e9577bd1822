import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHmac } from "node:crypto";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";
import { newCustomer, problemOf } from "./api-calls.ts";
import { type TestStack, testStack } from "./test-stack.ts";

const PEPPERS = { API_KEY_PEPPER: "7:the pepper that issues,6:the pepper before" };

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack(PEPPERS);
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose]());

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
    const api = await newCustomer(stack.provider.baseUrl);
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
    const api = await newCustomer(stack.provider.baseUrl);
    const { id, key } = await api.makeKey("a", "test");
    const [row] = await stack.database.sql`select hash, pepper_version, key_id from api_key where id = ${id}`;
    const expected = createHmac("sha256", "the pepper that issues").update(key).digest("hex");
    expect(Buffer.from(row.hash).toString("hex")).toBe(expected);
    expect(row.pepper_version).toBe(7);
    expect(key.slice("sk_test_".length, "sk_test_".length + 12)).toBe(row.key_id);
  });

  test("of somebody else does not exist, and neither does an unknown one", async () => {
    const [owner, other] = [
      await newCustomer(stack.provider.baseUrl),
      await newCustomer(stack.provider.baseUrl),
    ];
    const { id } = await owner.makeKey("mine", "test");
    for (const wanted of [id, "5c1b9a52-7d58-4c55-8d6f-26c1f0a5a001", "1", "%00", "a'b"]) {
      const answer = await problemOf(await other.call("DELETE", `/api/keys/${wanted}`));
      expect(answer).toEqual({ status: 404, code: "NOT_FOUND" });
    }
    expect((await owner.keys())[0]?.revokedAt).toBeNull();
    expect(await other.keys()).toEqual([]);
  });

  test("cannot be made beyond fifty, even by sixty requests at once; revoking one makes room", async () => {
    const api = await newCustomer(stack.provider.baseUrl);
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
    const api = await newCustomer(stack.provider.baseUrl);
    const response = await api.call("POST", "/api/keys", body);
    expect(await problemOf(response)).toEqual({ status: 400, code: "BAD_REQUEST" });
  });

  test("asked for in another form than JSON is a 415", async () => {
    const api = await newCustomer(stack.provider.baseUrl);
    const headers = { "content-type": "text/plain" };
    const answer = await problemOf(
      await api.call("POST", "/api/keys", '{"name":"a","mode":"test"}', headers),
    );
    expect(answer).toEqual({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
  });
});
