import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";
import { PROVIDER_SECRETS, startProvider, startReadyProvider } from "../../support/provider-container.ts";
import { providerImage } from "../../support/provider-image.ts";
import { type TcpProxy, tcpProxy } from "../../support/tcp-proxy.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";
import { type TestDatabase, type TestServer, testServer } from "./test-database.ts";
import { migrateInProcess } from "./test-stack.ts";

/** The user that the stack runs the provider as. */
const PROVIDER_UID = 10002;

/** Milliseconds. Containers start within one; the rest is for a machine that has other things to do. */
setDefaultTimeout(60_000);

let server: TestServer;
let database: TestDatabase;
let proxy: TcpProxy;
beforeAll(async () => {
  await providerImage();
  server = await testServer();
  database = await server.database();
  await migrateInProcess(database.url);
  proxy = await tcpProxy(server);
}, 300_000);
afterAll(async () => {
  await proxy?.close();
  await server?.[Symbol.asyncDispose]();
});

const environment = () => ({ DATABASE_URL: database.urlVia(proxy.port), ...PROVIDER_SECRETS });

describe("starting", () => {
  test("a faulty configuration is refused with all its faults, and no value", async () => {
    await using provider = await startProvider({
      BETTER_AUTH_SECRET: "canary-secret",
      DATABASE_URL: "canary-url",
    });
    expect(await provider.exitCode()).toBe(2);
    const log = await provider.logs();
    for (const name of ["DATABASE_URL", "BETTER_AUTH_SECRET", "API_KEY_PEPPER"])
      expect(log).toContain(`"${name}: `);
    expect(log).not.toContain("canary");
  });

  test("secrets come from files that only its own user may read", async () => {
    using folder = tempFolder();
    chmodSync(folder.path, 0o755);
    const values = Object.entries(environment());
    for (const [name, value] of values) {
      writeFileSync(folder.at(name), `${value}\n`, { mode: 0o400 });
      chownSync(folder.at(name), PROVIDER_UID, PROVIDER_UID);
    }
    const paths = values.map(([name]) => [`${name}_FILE`, `/run/secrets/${name}`]);
    await using provider = await startReadyProvider(Object.fromEntries(paths), {
      mounts: [`${folder.path}:/run/secrets:ro`],
    });
    const api = new ProviderApi(provider.baseUrl);
    await api.signUp(newAccount());
    expect((await api.makeKey("a", "test")).key).toStartWith("sk_test_");
  });

  test("a database that is not there is no reason to exit", async () => {
    proxy.cut();
    await using provider = await startProvider(environment());
    const live = () => fetch(`${provider.baseUrl}/api/health/liveness`).catch(() => undefined);
    expect((await waitFor("it lives", live)).status).toBe(200);
    proxy.mend();
    await waitFor("ready", async () => (await fetch(`${provider.baseUrl}/api/health`)).status === 200);
  });
});

describe("on SIGTERM", () => {
  test("an idle provider is gone within two seconds, with code 0", async () => {
    await using provider = await startReadyProvider(environment());
    const started = performance.now();
    await provider.kill("TERM");
    expect(await provider.exitCode()).toBe(0);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("what is in flight is answered, and so is what still arrives, on old connections and new", async () => {
    await using provider = await startReadyProvider(environment());
    const api = new ProviderApi(provider.baseUrl);
    await api.signUp(newAccount());

    proxy.freeze();
    const inFlight = api.call("POST", "/api/keys", { name: "slow", mode: "live" });
    await waitFor("the request waits for the database", () => Bun.sleep(300).then(() => true));
    await provider.kill("TERM");
    await waitFor("it has heard", async () => (await provider.logs()).includes('"msg":"stopping"'));
    const late = await fetch(`${provider.baseUrl}/api/health/liveness`, { headers: { connection: "close" } });
    expect(late.status).toBe(200);
    const lateAndSlow = api.call("GET", "/api/keys");
    proxy.thaw();

    expect((await inFlight).status).toBe(201);
    expect((await lateAndSlow).status).toBe(200);
    expect(await provider.exitCode()).toBe(0);
    expect(await provider.logs()).toContain('"left":"idle"');
  });

  test("a request that never ends is cut off after ten seconds", async () => {
    await using provider = await startReadyProvider(environment());
    const socket = connectTcp({ host: "127.0.0.1", port: Number(new URL(provider.baseUrl).port) });
    socket.on("error", () => {});
    socket.write(
      "POST /api/keys HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    );
    await waitFor("the request has arrived", () => Bun.sleep(200).then(() => true));
    const started = performance.now();
    await provider.kill("TERM");
    expect(await provider.exitCode()).toBe(0);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(9_000);
    expect(took).toBeLessThan(13_000);
    expect(await provider.logs()).toContain('"left":"cut off"');
    socket.destroy();
  });
});
