import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
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

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let server: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  await providerImage();
  server = await testServer();
  database = await server.database();
  await migrateInProcess(database.url);
}, 300_000);
afterAll(() => server?.[Symbol.asyncDispose]());

function provider(secrets: Record<string, string>): Promise<ProviderContainer> {
  const { API_KEY_PEPPER } = PROVIDER_SECRETS;
  return startReadyProvider({ DATABASE_URL: database.url, API_KEY_PEPPER, ...secrets });
}

/** The same browser, at the address of another container. */
function at(container: ProviderContainer, browser: ProviderApi): ProviderApi {
  const api = new ProviderApi(container.baseUrl);
  for (const [name, value] of browser.cookies) api.cookies.set(name, value);
  return api;
}

describe("rotating BETTER_AUTH_SECRET", () => {
  test("signs nobody out, from the bare old value to the new one alone", async () => {
    await using bare = await provider({ BETTER_AUTH_SECRET: OLD });
    const before = new ProviderApi(bare.baseUrl);
    await before.signUp(newAccount());
    await before.makeKey("a", "test");

    // Both are accepted and the old one still issues: nothing changes for a browser.
    await using expanded = await provider({ BETTER_AUTH_SECRET: `1:${OLD},2:${NEW}` });
    const during = at(expanded, before);
    expect(await during.keys()).toHaveLength(1);
    expect(during.cookies).toEqual(before.cookies);

    // The new one issues: the browser is given its cookie anew with the first page or call.
    await using flipped = await provider({ BETTER_AUTH_SECRETS: `2:${NEW},1:${OLD}` });
    const after = at(flipped, before);
    expect(await after.keys()).toHaveLength(1);
    expect(after.cookies).not.toEqual(before.cookies);

    // The old one is retired: who came by stays signed in, a cookie of the old secret is worth nothing.
    await using contracted = await provider({ BETTER_AUTH_SECRET: `2:${NEW}` });
    expect(await at(contracted, after).keys()).toHaveLength(1);
    expect((await at(contracted, before).call("GET", "/api/keys")).status).toBe(401);
  });

  test("a session can be ended and begun while both secrets are accepted", async () => {
    await using bare = await provider({ BETTER_AUTH_SECRET: OLD });
    const account = newAccount();
    const before = new ProviderApi(bare.baseUrl);
    await before.signUp(account);

    await using flipped = await provider({ BETTER_AUTH_SECRET: `2:${NEW},1:${OLD}` });
    const after = at(flipped, before);
    const out = await after.call("POST", "/api/auth/sign-out", {}, { origin: flipped.baseUrl });
    expect(out.status).toBe(200);
    expect((await after.call("GET", "/api/keys")).status).toBe(401);
    expect((await at(flipped, before).call("GET", "/api/keys")).status).toBe(401);

    const again = at(flipped, before);
    const signedIn = await again.call("POST", "/api/auth/sign-in/email", account, {
      origin: flipped.baseUrl,
    });
    expect(signedIn.status).toBe(200);
    expect(await again.keys()).toEqual([]);
  });
});

test("a pepper that comes in issues from then on, and the keys before keep theirs", async () => {
  await using before = await provider(PROVIDER_SECRETS);
  const api = new ProviderApi(before.baseUrl);
  await api.signUp(newAccount());
  await api.makeKey("old", "test");
  const list = `2:a pepper that comes in,1:${PROVIDER_SECRETS.API_KEY_PEPPER}`;
  await using after = await provider({ ...PROVIDER_SECRETS, API_KEY_PEPPER: list });
  const same = at(after, api);
  await same.makeKey("new", "test");
  const rows = await database.sql`select k.name, pepper_version from api_key k order by created_at`;
  expect(rows.map((row: object) => ({ ...row }))).toContainEqual({ name: "old", pepper_version: 1 });
  expect(rows.map((row: object) => ({ ...row }))).toContainEqual({ name: "new", pepper_version: 2 });
});
