import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { expectedFingerprints, parseFingerprints } from "../../../agent/plan/fingerprints.ts";
import { type ProviderContainer, startProvider } from "../../support/provider-container.ts";
import { providerImage } from "../../support/provider-image.ts";
import { waitFor } from "../../support/wait-for.ts";

const OLD = { n: 1, value: "the-old-secret-which-is-long-enough" };
const NEW = { n: 2, value: "the-new-secret-which-is-long-enough" };
const PEPPER = { n: 1, value: "a pepper for tests alone" };
const PATH = "/internal/secrets";

setDefaultTimeout(60_000);

let provider: ProviderContainer;
beforeAll(async () => {
  await providerImage();
  provider = await startProvider({
    // Fingerprints are told whether or not there is a database.
    DATABASE_URL: "postgres://nobody:nothing@127.0.0.1:1/none",
    BETTER_AUTH_SECRETS: `2:${NEW.value},1:${OLD.value}`,
    API_KEY_PEPPER: PEPPER.value,
  });
  await waitFor("the provider listens", () => ask().catch(() => undefined), 20_000);
}, 300_000);
afterAll(() => provider?.[Symbol.asyncDispose]());

const ask = (init?: RequestInit, path = PATH) => fetch(provider.baseUrl + path, init);

test("fingerprints of both secrets are those that the agent expects, and no value is among them", async () => {
  const answer = await ask();
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const text = await answer.text();
  expect(parseFingerprints(text)).toEqual({
    API_KEY_PEPPER: expectedFingerprints("API_KEY_PEPPER", [PEPPER], 1),
    BETTER_AUTH_SECRET: expectedFingerprints("BETTER_AUTH_SECRET", [NEW, OLD], 2),
  });
  for (const { value } of [OLD, NEW, PEPPER]) expect(text).not.toContain(value);
});

test.each(["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"])(
  "they are told to nobody who comes through a proxy, as %s says",
  async (header) => {
    const answer = await ask({ headers: { [header]: "1.1 proxy" } });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ code: "NOT_FOUND", message: "there is nothing here" });
  },
);

test("they are there to be read only", async () => {
  expect((await ask({ method: "POST" })).status).toBe(404);
  expect((await ask({ method: "HEAD" })).status).toBe(404);
});

test.each(["/internal", "/internal/secrets/", "/internal/other"])(
  "%s is none of their places",
  async (path) => {
    const answer = await ask({ redirect: "manual" }, path);
    expect(await answer.text()).not.toContain("accepts");
  },
);
