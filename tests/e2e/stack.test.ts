import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { driftOf, type Told } from "../../agent/plan/fingerprint-drift.ts";
import { parseFingerprints } from "../../agent/plan/fingerprints.ts";
import { openBrowser } from "../support/browser.ts";
import { changedLives, livesOf } from "../support/lives.ts";
import { type Load, startLoad } from "../support/load.ts";
import { newAccount, ProviderApi } from "../support/provider-api.ts";
import { closeKeyDialog, makeKey, revokeKey, signUp } from "../support/provider-pages.ts";
import { recordedEngine } from "../support/recorded-engine.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";

const TEST_PATH = "/api/v1/service-1/test";
const SECRETS_PATH = "/internal/secrets";
/** What a revoked key may still do, milliseconds after its revocation was confirmed. */
const REVOKED_WITHIN_MS = 1_000;

let stack: StackProject;
beforeAll(async () => {
  stack = await stackProject();
  await stack.must("deploy");
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

const ask = (key: string, method = "GET") =>
  fetch(stack.gateway + TEST_PATH, {
    method,
    headers: { "X-API-Key": key },
    ...(method === "POST" ? { body: "hello" } : {}),
    signal: AbortSignal.timeout(10_000),
  });

/** A customer's account with a key, made through the provider's API. */
async function customer(): Promise<{ api: ProviderApi; key: string }> {
  const api = new ProviderApi(stack.provider);
  expect((await api.signUp(newAccount())).status).toBe(200);
  return { api, key: (await api.makeKey("test", "live")).key };
}

test("a key made in a browser passes the gateway, and is refused within a second of its revocation there", async () => {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await signUp(page, stack.provider, newAccount());
    const key = await makeKey(page, "my program", "test");
    await closeKeyDialog(page);

    for (const method of ["GET", "POST"]) {
      const answer = await ask(key, method);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ service: "service-1", method, path: TEST_PATH });
    }
    expect((await ask(`${key.slice(0, -1)}${key.endsWith("x") ? "y" : "x"}`)).status).toBe(401);

    await revokeKey(page, "my program");
    const revokedAt = performance.now();
    let lastGoodAt = revokedAt;
    let refused = 0;
    while (performance.now() < revokedAt + 3 * REVOKED_WITHIN_MS) {
      const askedAt = performance.now();
      const { status } = await ask(key);
      if (status === 200) lastGoodAt = askedAt;
      else refused += status === 401 ? 1 : 0;
      await Bun.sleep(20);
    }
    expect(lastGoodAt - revokedAt).toBeLessThan(REVOKED_WITHIN_MS);
    expect(refused).toBeGreaterThan(10);
  } finally {
    await browser.close();
  }
}, 60_000);

test("gateway and provider agree on what they share, tell it this machine, and nobody by the ingress", async () => {
  for (const from of [stack.gateway, stack.provider])
    expect((await fetch(`${from}${SECRETS_PATH}`)).status).toBe(404);
  const told = await Promise.all([toldBy("gateway", 8080), toldBy("provider", 3000)]);
  expect(told.map(({ fingerprints }) => Object.keys(fingerprints).sort())).toEqual([
    ["API_KEY_PEPPER"],
    ["API_KEY_PEPPER", "BETTER_AUTH_SECRET"],
  ]);
  expect(driftOf(told)).toEqual([]);
});

async function toldBy(service: string, port: number): Promise<Told> {
  const addresses = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
  const [address] = (await stack.inspect(`${service}-blue`, addresses)).split(" ");
  const text = await (await fetch(`http://${address}:${port}${SECRETS_PATH}`)).text();
  return { service, fingerprints: parseFingerprints(text) ?? {} };
}

test("a second deploy finds nothing to do and touches nothing", async () => {
  const before = await livesOf(stack.name);
  const again = JSON.parse((await stack.must("deploy", "--json")).stdout);
  expect(again).toMatchObject({ schema: 1, result: "unchanged", release: "r1" });
  expect(await livesOf(stack.name)).toEqual(before);
});

test("plan asks the engine and changes nothing there, whether or not there is something to do", async () => {
  await using engine = await recordedEngine();
  stack.env.DOCKER_HOST = engine.address;
  const settings = readFileSync(join(stack.folder, "stack/.env"), "utf8");
  try {
    expect((await stack.agent("plan")).code).toBe(0);
    stack.edit("stack/gateway/src/http/service-1.ts", 'ALLOWED = "GET, HEAD', 'ALLOWED = "HEAD, GET');
    stack.write("stack/.env", `${settings}CORS_ORIGINS=https://example.com\n`);
    const { code, stdout } = await stack.agent("plan");
    expect({ code, stdout }).toEqual({
      code: 10,
      stdout: expect.stringContaining(`build ${stack.name}/gateway`),
    });
    expect(engine.calls.length).toBeGreaterThan(5);
    expect(engine.calls.filter((call) => !/^(GET|HEAD) /.test(call))).toEqual([]);
    // What the recorder would have seen: a command in a container is a change.
    await stack.must("exec", "gateway", "true");
    expect(engine.calls.some((call) => call.startsWith("POST "))).toBe(true);
  } finally {
    delete stack.env.DOCKER_HOST;
    stack.write("stack/.env", settings);
    stack.edit("stack/gateway/src/http/service-1.ts", 'ALLOWED = "HEAD, GET', 'ALLOWED = "GET, HEAD');
  }
});

test("gateway and provider are redeployed under load without losing a request, a key or a session", async () => {
  const { api, key } = await customer();
  const customers = startCustomers(api, key);
  let failures: string[] = [];
  try {
    await redeployGatewayAlone(key);
    await redeployProvider();
  } finally {
    failures = await customers.stop();
  }
  expect(failures).toEqual([]);
  expect((await ask(key)).status).toBe(200);
  expect((await api.keys()).map(({ name }) => name)).toContain("test");
}, 240_000);

async function redeployGatewayAlone(key: string): Promise<void> {
  const before = await livesOf(stack.name);
  const source = "stack/gateway/src/http/service-1.ts";
  stack.edit(source, "path: context.req.path", "path: context.req.path, version: 2");
  stack.edit("stack/compose.yaml", "mem_limit: 384m", "mem_limit: 385m");
  expect(JSON.parse((await stack.must("deploy", "gateway", "--json")).stdout).result).toBe("deployed");
  expect(await (await ask(key)).json()).toMatchObject({ version: 2 });
  const changed = changedLives(before, await livesOf(stack.name));
  expect(changed.filter((name) => !name.includes("gateway"))).toEqual([]);
}

async function redeployProvider(): Promise<void> {
  stack.edit("stack/provider/app/api/health/liveness/route.ts", '"UP"', '"UP", version: 2');
  const { services } = JSON.parse((await stack.must("deploy", "--json")).stdout);
  const actions = Object.fromEntries(
    services.map(({ name, action }: Record<string, string>) => [name, action]),
  );
  expect(actions).toMatchObject({ gateway: "keep", database: "keep", ingress: "keep", provider: "switch" });
  expect(await (await fetch(`${stack.provider}/api/health/liveness`)).json()).toMatchObject({ version: 2 });
}

/** Programs that ask the gateway with a key, GET and POST, people who look at their keys, and one who makes some. */
function startCustomers(api: ProviderApi, key: string): { stop(): Promise<string[]> } {
  const cookie = [...api.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const loads: Load[] = [
    startLoad(stack.gateway + TEST_PATH, { perSecond: 100, headers: { "X-API-Key": key } }),
    startLoad(`${stack.provider}/api/keys`, { perSecond: 20, headers: { cookie }, methods: ["GET"] }),
  ];
  const keys = keepMakingKeys(api);
  return {
    async stop() {
      const failures = await keys.stop();
      for (const load of loads) {
        const seen = await load.stop();
        failures.push(...seen.failures, ...(seen.sent < 50 ? ["hardly anything was sent"] : []));
      }
      return failures;
    },
  };
}

/** Makes a key and revokes it, again and again with pauses, as customers do; what went wrong is in the list. */
function keepMakingKeys(api: ProviderApi): { stop(): Promise<string[]> } {
  const failures: string[] = [];
  let running = true;
  const loop = (async () => {
    for (let number = 0; running && number < 150; number += 1) {
      try {
        const { id } = await api.makeKey(`key ${number}`, "test");
        const { status } = await api.call("DELETE", `/api/keys/${id}`);
        if (status !== 204) failures.push(`revoking: ${status}`);
      } catch (thrown) {
        failures.push(String(thrown));
      }
      await Bun.sleep(300);
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      return failures;
    },
  };
}
