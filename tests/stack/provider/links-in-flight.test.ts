import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHmac, randomBytes } from "node:crypto";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";
import {
  PROVIDER_SECRETS,
  type ProviderContainer,
  startReadyProvider,
} from "../../support/provider-container.ts";
import { providerImage } from "../../support/provider-image.ts";
import { type TestDatabase, type TestServer, testServer } from "./test-database.ts";
import { migrateInProcess } from "./test-stack.ts";

const OLD = "the-old-secret-which-is-long-enough";
const NEW = "the-new-secret-which-is-long-enough";

/** Each step of a rotation, and the secret that signs before and after it. */
const STEPS = [
  ["the new one is accepted, the old one issues", `1:${OLD},2:${NEW}`],
  ["the new one issues, the old one is accepted", `2:${NEW},1:${OLD}`],
] as const;

setDefaultTimeout(60_000);

let server: TestServer;
let database: TestDatabase;
const providers = new Map<string, ProviderContainer>();
beforeAll(async () => {
  await providerImage();
  server = await testServer();
  database = await server.database();
  await migrateInProcess(database.url);
  for (const secret of [...STEPS.map(([, list]) => list), `2:${NEW}`])
    providers.set(secret, await startReadyProvider(settings(secret)));
}, 300_000);
afterAll(async () => {
  for (const provider of providers.values()) await provider[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

function settings(secret: string): Record<string, string> {
  const { API_KEY_PEPPER } = PROVIDER_SECRETS;
  const github = { GITHUB_CLIENT_ID: "an-id", GITHUB_CLIENT_SECRET: "a-secret" };
  return { DATABASE_URL: database.url, API_KEY_PEPPER, BETTER_AUTH_SECRET: secret, ...github };
}

function at(secret: string, browser?: ProviderApi): ProviderApi {
  const api = new ProviderApi(providers.get(secret)?.baseUrl ?? "");
  for (const [name, value] of browser?.cookies ?? []) api.cookies.set(name, value);
  return api;
}

/** Each with the other's: what was signed before a step is used after it, and by an undone one before it again. */
const CROSSINGS = STEPS.flatMap(([from, begun]) =>
  STEPS.filter(([to]) => to !== from).map(([to, ended]) => [from, to, begun, ended] as const),
);

describe.each(CROSSINGS)("begun while %s, ended while %s", (_from, _to, begun, ended) => {
  test("a session goes on", async () => {
    const browser = at(begun);
    await browser.signUp(newAccount());
    expect(await at(ended, browser).keys()).toEqual([]);
  });

  test("a sign-in by GitHub is let back in: only its code is asked about", async () => {
    const { error, isStateUsed } = await comeBack(begun, ended);
    expect([error, isStateUsed]).toEqual([expect.not.stringContaining("state"), true]);
  });

  test("a link that verifies an address does", async () => {
    const { email } = await member(begun);
    const answer = await at(ended).call("GET", `/api/auth/verify-email?token=${verification(begun, email)}`);
    expect(answer.status).toBe(200);
    const [row] = await database.sql`select "emailVerified" from "user" where email = ${email}`;
    expect(row.emailVerified).toBe(true);
  });

  test("a link that resets a password does", async () => {
    const { id, email } = await member(begun);
    const token = await resetToken(id);
    const password = "four other unrelated words";
    const reset = await at(ended).call("POST", "/api/auth/reset-password", { newPassword: password, token });
    expect(reset.status).toBe(200);
    expect((await at(begun).signIn({ name: "", email, password })).status).toBe(200);
  });
});

describe("once the old secret is given up, at once or after the soak", () => {
  const [, before] = STEPS[0];
  const after = `2:${NEW}`;

  test("what it signed is worth nothing: sessions, sign-ins and addresses to verify are begun anew", async () => {
    const browser = at(before);
    const account = newAccount();
    await browser.signUp(account);
    expect((await at(after, browser).call("GET", "/api/keys")).status).toBe(401);
    expect(await comeBack(before, after)).toEqual({ error: "state_mismatch", isStateUsed: false });
    const token = verification(before, account.email);
    expect((await at(after).call("GET", `/api/auth/verify-email?token=${token}`)).status).toBe(401);
  });

  test("a link that resets a password lives on: its token is a row of the database, signed by nothing", async () => {
    const { id } = await member(before);
    const token = await resetToken(id);
    const answer = await at(after).call("POST", "/api/auth/reset-password", {
      newPassword: "four other unrelated words",
      token,
    });
    expect(answer.status).toBe(200);
  });
});

/** Begins a sign-in at one provider, comes back from GitHub to another, and says what that one has against it. */
async function comeBack(
  begun: string,
  ended: string,
): Promise<{ error: string | null; isStateUsed: boolean }> {
  const browser = at(begun);
  const wanted = { provider: "github", callbackURL: "/keys" };
  const answer = await browser.call("POST", "/api/auth/sign-in/social", wanted);
  const { url } = (await answer.json()) as { url: string };
  const state = new URL(url).searchParams.get("state");
  const path = `/api/auth/callback/github?code=of-nobody&state=${state}`;
  const returned = await at(ended, browser).call("GET", path);
  const left = await database.sql`select from verification where value like ${`%${state}%`}`;
  const location = new URL(returned.headers.get("location") ?? "", "http://localhost");
  return { error: location.searchParams.get("error"), isStateUsed: left.length === 0 };
}

async function member(secret: string): Promise<{ id: string; email: string }> {
  const account = newAccount();
  await at(secret).signUp(account);
  const [row] = await database.sql`select id from "user" where email = ${account.email}`;
  return { id: row.id, email: account.email };
}

/** As Better Auth makes them, with the secret that issues. */
function verification(secret: string, email: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256" })}.${part({ email, exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  const issuing = secret.split(",")[0]?.split(":")[1] ?? "";
  return `${signed}.${createHmac("sha256", issuing).update(signed).digest("base64url")}`;
}

/** As Better Auth keeps them. */
async function resetToken(userId: string): Promise<string> {
  const token = randomBytes(12).toString("hex");
  await database.sql`insert into verification (id, identifier, value, "expiresAt")
    values (${token}, ${`reset-password:${token}`}, ${userId}, now() + interval '1 hour')`;
  return token;
}
