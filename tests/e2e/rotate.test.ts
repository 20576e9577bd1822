import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Load, startLoad } from "../support/load.ts";
import { sampleProcesses } from "../support/process-sampler.ts";
import { checkCustomer, customerOf, TEST_PATH } from "../support/rotating-stack.ts";
import { docker } from "../support/sandbox.ts";
import { openRoles } from "../support/settled-stack.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { waitFor } from "../support/wait-for.ts";

const MADE = ["API_KEY_PEPPER", "BETTER_AUTH_SECRET", "DATABASE_URL", "POSTGRES_PASSWORD"];
const PER_SECOND = 25;

let stack: StackProject;
beforeAll(async () => {
  stack = await stackProject();
  await stack.must("deploy");
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

type Rotated = { result: string; state: string; names: { name: string }[]; durationMs: number };
const rotated = async (...args: string[]): Promise<Rotated> =>
  JSON.parse((await stack.must("rotate-secrets", ...args, "--json")).stdout);

/** Secret values of the store, each the one that issues; of an address its password. */
async function values(): Promise<string[]> {
  const all = await Promise.all(MADE.map((name) => stack.must("secrets", "get", name, "--reveal")));
  return all
    .flatMap(({ stdout }) => stdout.trim().split(","))
    .map((text) => text.replace(/^\d+:/, ""))
    .map((text) => (text.startsWith("postgres://") ? decodeURIComponent(new URL(text).password) : text));
}

/** Requests that a customer makes all the time: to the gateway with a key, to the provider with the session. */
function loads(key: string, cookie: string): Load[] {
  const gateway = startLoad(stack.gateway + TEST_PATH, {
    perSecond: PER_SECOND,
    headers: { "X-API-Key": key },
  });
  const options = { perSecond: PER_SECOND, headers: { cookie }, methods: ["GET"] as const };
  return [gateway, startLoad(`${stack.provider}/api/keys`, options)];
}

test("all secrets of the stack change under load: no request fails, no key and no session is lost, nothing leaks", async () => {
  const customer = await customerOf(stack);
  const cookie = [...customer.api.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const before = await values();
  const sampler = sampleProcesses();
  const running = loads(customer.key, cookie);
  const { result, state, names } = await rotated("--all");
  await Bun.sleep(500);
  const seen = await Promise.all(running.map((load) => load.stop()));
  const processes = await sampler.stop();

  expect([result, state, names.map(({ name }) => name)]).toEqual(["rotated", "soak", MADE]);
  for (const { failures, sent } of seen) expect([failures, sent > 50]).toEqual([[], true]);
  await checkCustomer(stack, customer);
  await checkCustomer(stack, await customerOf(stack));

  const after = await values();
  expect(after).toHaveLength(before.length + 2);
  await searchFor([...before, ...after], [...processes.arguments, ...processes.environments]);
  expect((await stack.agent("plan")).code).toBe(0);
  expect(await openRoles(stack)).toEqual(["soloflow_a", "soloflow_b"]);
}, 120_000);

test("a deploy while both values are accepted carries both", async () => {
  const customer = await customerOf(stack);
  const before = await values();
  stack.edit("stack/compose.yaml", "      UPSTREAMS:", '      CHANGED: "1"\n      UPSTREAMS:');
  const headers = { "X-API-Key": customer.key };
  const load = startLoad(stack.gateway + TEST_PATH, { perSecond: PER_SECOND, headers });
  await stack.must("deploy");
  expect((await load.stop()).failures).toEqual([]);
  await checkCustomer(stack, customer);
  expect(await values()).toEqual(before);
  expect(await openRoles(stack)).toHaveLength(2);
}, 120_000);

test("what it would do is said within a second or so, and nothing is touched", async () => {
  const ids = await docker(
    "ps",
    "-aq",
    "--no-trunc",
    "--filter",
    `label=com.docker.compose.project=${stack.name}`,
  );
  const startedAt = performance.now();
  const { stdout } = await stack.must("rotate-secrets", "--all", "--dry-run", "--json");
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  const { plan } = JSON.parse(stdout);
  expect(plan.services.map(({ service }: { service: string }) => service)).toEqual([
    "gateway",
    "migrate",
    "provider",
  ]);
  expect(plan.keys).toMatchObject([{ name: "API_KEY_PEPPER" }]);
  expect(
    await docker("ps", "-aq", "--no-trunc", "--filter", `label=com.docker.compose.project=${stack.name}`),
  ).toBe(ids);
}, 60_000);

test("while one rotates, another rotation and a deploy are refused, and say who holds the lock", async () => {
  const first = await stack.start("rotate-secrets", "BETTER_AUTH_SECRET");
  await waitFor("the lock", async () => (await stack.agent("rotate-secrets", "--settle")).code === 5);
  const [second, deploy] = await Promise.all([
    stack.agent("rotate-secrets", "DATABASE_URL"),
    stack.agent("deploy"),
  ]);
  expect([second.code, deploy.code]).toEqual([5, 5]);
  expect(deploy.stderr).toContain("rotate-secrets");
  expect(await first.exited).toBe(0);
}, 120_000);

test("what leaked is refused when the command returns: old sessions end, the other role cannot log in", async () => {
  const customer = await customerOf(stack);
  const { result, state } = await rotated("BETTER_AUTH_SECRET", "DATABASE_URL", "--compromised", "--yes");
  expect([result, state]).toEqual(["contracted", "done"]);
  expect((await customer.api.call("GET", "/api/keys")).status).toBe(401);
  expect(await openRoles(stack)).toHaveLength(1);
  await checkCustomer(stack, await customerOf(stack));
}, 120_000);

/** Nowhere but in the store, in memory and in the apps. */
async function searchFor(wanted: readonly string[], processes: readonly string[]): Promise<void> {
  const state = join(stack.env.SOLOFLOW_STATE_DIR ?? "", stack.name);
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const texts = files.map(
    ({ parentPath, name }) => [name, readFileSync(join(parentPath, name), "latin1")] as const,
  );
  const ids = await docker("ps", "-aq", "--filter", `label=com.docker.compose.project=${stack.name}`);
  const inspected = await docker("inspect", ...ids.trim().split("\n"));
  for (const [where, text] of [
    ...texts,
    ["inspect", inspected],
    ["processes", processes.join("\n")],
  ] as const)
    for (const value of wanted) if (text.includes(value)) throw new Error(`a value is in ${where}`);
}
