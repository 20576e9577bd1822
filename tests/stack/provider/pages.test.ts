import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser, type TestBrowser } from "../../support/browser.ts";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";
import {
  activeKeys,
  closeKeyDialog,
  makeKey,
  revokeKey,
  signIn,
  signOut,
  signUp,
} from "../../support/provider-pages.ts";
import { type TestStack, testStack } from "./test-stack.ts";

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let stack: TestStack;
let browser: TestBrowser;
beforeAll(async () => {
  stack = await testStack({
    GITHUB_CLIENT_ID: "id",
    GITHUB_CLIENT_SECRET: "secret",
    GOOGLE_CLIENT_ID: "half",
  });
  browser = await openBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

let context: BrowserContext;
let page: Page;
let complaints: string[];
/** A page of a browser with nothing in it, whose complaints about scripts and the policy are kept. */
async function openPage(options: BrowserContextOptions = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext(options);
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 4"))
      complaints.push(message.text());
  });
}
beforeEach(() => openPage());
afterEach(() => expect(complaints).toEqual([]));

const address = () => stack.provider.baseUrl;

describe("a customer", () => {
  test("signs up, makes a key that is shown once, sees it listed, revokes it, and signs out", async () => {
    const account = newAccount();
    await page.goto(address());
    await page.getByRole("link", { name: "Create an account" }).click();
    await signUp(page, address(), account);
    await page.getByText("No keys yet").waitFor();

    const key = await makeKey(page, "Shop backend", "live");
    expect(key).toMatch(/^sk_live_[0-9A-Za-z]{44}$/);
    await closeKeyDialog(page);
    expect(await page.content()).not.toContain(key.slice(-32));
    expect(await activeKeys(page)).toEqual([key.slice(0, "sk_live_".length + 12)]);
    await page.reload();
    expect(await page.content()).not.toContain(key.slice(-32));

    await revokeKey(page, "Shop backend");
    expect(await activeKeys(page)).toEqual([]);
    await page.getByText("Revoked keys 1").waitFor();

    await signOut(page);
    await page.goto(`${address()}/keys`);
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    await signIn(page, address(), account);
    await page.goto(address());
    expect(new URL(page.url()).pathname).toBe("/keys");
  });

  test("copies the key with a button, on an address without https as well", async () => {
    await signUp(page, address(), newAccount());
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: address() });
    const key = await makeKey(page, "a", "test");
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByRole("button", { name: "Copied", exact: true }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    await closeKeyDialog(page);

    const second = await makeKey(page, "b", "test");
    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByRole("button", { name: /^Copied|Ctrl/ }).waitFor();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(second);
  });

  test("does not lose a new key by a slip on Escape, and keeps a key by it when asked to revoke", async () => {
    await signUp(page, address(), newAccount());
    await makeKey(page, "a", "test");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").isVisible()).toBe(true);
    await closeKeyDialog(page);

    await page.getByRole("button", { name: "Revoke a", exact: true }).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await activeKeys(page)).toHaveLength(1);
  });

  test("can do everything with the keyboard alone", async () => {
    await signUp(page, address(), newAccount());
    await page.getByRole("textbox", { name: "Name" }).focus();
    await page.keyboard.type("typed");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Make key", disabled: false }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const code = page.getByRole("dialog", { name: "Your new key" }).locator("code").first();
    expect(await code.textContent()).toStartWith("sk_live_");
  });

  test("whose session ended elsewhere is asked to sign in, not shown an error", async () => {
    await signUp(page, address(), newAccount());
    await context.clearCookies();
    await page.getByRole("textbox", { name: "Name" }).fill("late");
    await page.getByRole("button", { name: "Make key" }).click();
    await page.getByText("Sign in first.").waitFor();
  });
});

describe("a sign-in page", () => {
  test("says what is wrong, and lets one try again", async () => {
    await page.goto(`${address()}/sign-in`);
    await page.getByLabel("E-mail").fill("nobody@example.com");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("That e-mail and password do not belong together.").waitFor();
    expect(await page.getByRole("button", { name: "Sign in", exact: true }).isEnabled()).toBe(true);
  });

  test("has a button for a sign-in service only when both its halves are configured", async () => {
    await page.goto(`${address()}/sign-in`);
    await page.getByRole("button", { name: "Continue with GitHub" }).waitFor();
    expect(await page.getByRole("button", { name: /Google/ }).count()).toBe(0);
    const asked = page.waitForRequest(/^https:\/\/github\.com\/login\/oauth\/authorize/);
    await page.route("https://github.com/**", (route) => route.fulfill({ body: "the service" }));
    await page.getByRole("button", { name: "Continue with GitHub" }).click();
    const wanted = new URL((await asked).url()).searchParams;
    expect(wanted.get("client_id")).toBe("id");
    expect(wanted.get("redirect_uri")).toEndWith("/api/auth/callback/github");
  });

  test("is for people who are not signed in", async () => {
    await signUp(page, address(), newAccount());
    for (const path of ["/sign-in", "/sign-up"]) {
      await page.goto(address() + path);
      expect(new URL(page.url()).pathname).toBe("/keys");
    }
  });
});

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  test("nothing is wider than a phone of 320 pixels", async () => {
    await openPage({ colorScheme, viewport: { width: 320, height: 640 } });
    for (const path of ["/sign-in", "/sign-up", "/nowhere"]) {
      await page.goto(address() + path);
      expect(await overflow(page)).toBe(0);
    }
    await signUp(page, address(), newAccount());
    await makeKey(page, "W".repeat(80), "live");
    expect(await overflow(page)).toBe(0);
    await closeKeyDialog(page);
    expect(await overflow(page)).toBe(0);
  });
});

test("a page that does not exist, and one that the database is missing for, say so in words", async () => {
  await signUp(page, address(), newAccount());
  await page.goto(`${address()}/nowhere`);
  await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
  stack.proxy.cut();
  await page.goto(`${address()}/keys`);
  await page.getByRole("heading", { name: "Not just now" }).waitFor();
  stack.proxy.mend();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "API keys" }).waitFor();
  // The browser notes the answer 500, and React (as its number 441) that the server could not render.
  complaints = complaints.filter((text) => !/status of 500|React error #441/.test(text));
});

test("a form is not sent before the page's script runs: no password gets into an address", async () => {
  await openPage({ javaScriptEnabled: false });
  await page.goto(`${address()}/sign-in`);
  await page.getByLabel("E-mail").fill("a@example.com");
  await page.getByLabel("Password").fill("a password");
  await page.keyboard.press("Enter");
  expect(await page.getByRole("button", { name: "Sign in", exact: true }).isDisabled()).toBe(true);
  expect(page.url()).toBe(`${address()}/sign-in`);
  expect(await page.content()).toContain("This page needs JavaScript");
});

test("a program and a page see the same keys", async () => {
  const account = newAccount();
  const api = new ProviderApi(address());
  await api.signUp(account);
  const { key } = await api.makeKey("by a program", "test");
  await signIn(page, address(), account);
  expect(await activeKeys(page)).toEqual([key.slice(0, "sk_test_".length + 12)]);
});

async function overflow(on: Page): Promise<number> {
  return on.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}
