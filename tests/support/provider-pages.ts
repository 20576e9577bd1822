import type { Page } from "playwright-core";

/**
 * The provider's pages as a customer uses them, one function a step. Elements
 * are found by what a person reads, so that a label that goes missing is found
 * out. Each step waits for the page to show that it worked.
 */
export type Account = { name: string; email: string; password: string };

export async function signUp(page: Page, baseUrl: string, account: Account): Promise<void> {
  await page.goto(`${baseUrl}/sign-up`);
  await page.getByLabel("Name").fill(account.name);
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await dashboard(page);
}

export async function signIn(page: Page, baseUrl: string, account: Account): Promise<void> {
  await page.goto(`${baseUrl}/sign-in`);
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await dashboard(page);
}

/** Makes a key and gives it as the dialog shows it; the dialog is still open, and the list behind it has the key. */
export async function makeKey(page: Page, name: string, mode: "test" | "live"): Promise<string> {
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("radio", { name: mode }).check();
  await page.getByRole("button", { name: "Make key" }).click();
  const key = await page.getByRole("dialog", { name: "Your new key" }).locator("code").first().textContent();
  if (!key) throw new Error("the dialog shows no key");
  const prefix = key.slice(0, `sk_${mode}_`.length + 12);
  await page.locator(".key-prefix", { hasText: prefix }).waitFor({ state: "attached" });
  return key;
}

export async function closeKeyDialog(page: Page): Promise<void> {
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** The prefixes of the keys that the list shows as active, the newest first. */
export async function activeKeys(page: Page): Promise<string[]> {
  const prefixes = await page
    .getByRole("list", { name: "Active keys" })
    .locator(".key-prefix")
    .allTextContents();
  return prefixes.map((text) => text.replace("…", ""));
}

export async function revokeKey(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Revoke ${name}`, exact: true }).click();
  await page
    .getByRole("dialog", { name: `Revoke “${name}”?` })
    .getByRole("button", { name: "Revoke key" })
    .click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

async function dashboard(page: Page): Promise<void> {
  await page.getByRole("heading", { name: "API keys" }).waitFor();
}
