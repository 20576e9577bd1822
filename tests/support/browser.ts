import { chmodSync, writeFileSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { socksServer } from "./socks-server.ts";
import { tempFolder } from "./temp-folder.ts";

/** Debian's own, since no browser can be downloaded where this project is built. */
const CHROMIUM = process.env.SOLOFLOW_CHROMIUM ?? "/usr/bin/chromium";
const RELAY = new URL("./browser-relay.ts", import.meta.url).pathname;
const PORT = 1080;

export type TestBrowser = AsyncDisposable &
  Pick<Browser, "newContext" | "newPage"> & { close(): Promise<void> };

/**
 * Starts a headless Chromium, as root and without a graphics card, in a network
 * namespace of its own, from which it reaches this machine through a proxy of
 * ours. In the machine's own namespace every container that starts or stops
 * meanwhile aborts its requests with ERR_NETWORK_CHANGED.
 */
export async function openBrowser(): Promise<TestBrowser> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(tempFolder());
  const socket = folder.at("proxy.sock");
  const proxy = await socksServer(socket);
  stack.defer(() => proxy.close());

  const wrapper = folder.at("chromium");
  writeFileSync(wrapper, startScript(socket));
  chmodSync(wrapper, 0o755);
  const browser = await chromium.launch({
    executablePath: wrapper,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      `--proxy-server=socks5://127.0.0.1:${PORT}`,
      "--proxy-bypass-list=<-loopback>",
    ],
    timeout: 60_000,
  });
  stack.defer(() => browser.close());
  const owned = stack.move();
  return {
    newContext: (options) => browser.newContext(options),
    newPage: (options) => browser.newPage(options),
    close: () => owned.disposeAsync(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function startScript(socket: string): string {
  return `#!/bin/sh
exec unshare --net sh -c '
  "${process.execPath}" "${RELAY}" ${PORT} "${socket}" &
  until [ -e "${socket}.ready" ] || ! kill -0 $!; do sleep 0.02; done
  exec "${CHROMIUM}" "$@"' chromium "$@"
`;
}
