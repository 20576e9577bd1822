import { type Browser, chromium } from "playwright-core";

/** Debian's own, since no browser can be downloaded where this project is built. */
const CHROMIUM = process.env.SOLOFLOW_CHROMIUM ?? "/usr/bin/chromium";

export type TestBrowser = Browser;

/** Starts a headless Chromium, as root and without a graphics card. */
export function openBrowser(): Promise<TestBrowser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    timeout: 30_000,
  });
}
