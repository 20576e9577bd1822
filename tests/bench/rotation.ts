import { containerIds } from "../support/container-ids.ts";
import { newAccount, ProviderApi } from "../support/provider-api.ts";
import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { startKeyMaker } from "./key-maker.ts";
import { startLoader, startLoads } from "./loads.ts";
import { unknownKeyTimes } from "./lookups.ts";
import { median, ms, percentile, type Row } from "./row.ts";

const FEW_KEYS = 10;
const MANY_KEYS = 100_000;
const PREVIEWS = 11;
const SOAK_MS = 1_000;

/** The whole stack re-keyed under load, what it costs, and how it goes with many keys. */
export async function rotation(): Promise<Row[]> {
  await using stack = await stackProject();
  // So that each rotation can be followed by the next.
  stack.edit("soloflow.toml", "[rotation]\n", `[rotation]\nsoak = "${SOAK_MS / 1_000}s"\n`);
  await stack.must("deploy");
  const customer = new ProviderApi(stack.provider);
  const account = newAccount();
  await customer.signUp(account);
  const keys = [];
  for (let number = 1; number <= FEW_KEYS; number += 1)
    keys.push((await customer.makeKey(`bench ${number}`, "test")).key);
  const few = { rotateMs: await quickest(stack), lookups: await unknownKeyTimes(stack.gateway) };
  // Whoever does not come by within the second of that soak is signed out, as is said.
  const back = new ProviderApi(stack.provider);
  await back.signIn(account);
  const underLoad = await rotateUnderLoad(stack, back, keys[0] ?? "");
  const previews = await previewTimes(stack);
  await addKeys(stack);
  const many = { rotateMs: await quickest(stack), lookups: await unknownKeyTimes(stack.gateway) };
  return [...underLoad, ...previews, ...manyKeys(few, many)];
}

type Measured = { rotateMs: number; lookups: readonly number[] };

/** Rotates all, and gives up the old values: the next one begins afresh. Gives the milliseconds until SOAK. */
async function rotateAndSettle(stack: StackProject): Promise<number> {
  const rotateMs = await rotateAll(stack);
  await settle(stack);
  return rotateMs;
}

/** Of two, for what else the machine does meanwhile is in neither. */
async function quickest(stack: StackProject): Promise<number> {
  return Math.min(await rotateAndSettle(stack), await rotateAndSettle(stack));
}

async function settle(stack: StackProject): Promise<void> {
  await Bun.sleep(SOAK_MS + 100);
  await stack.must("rotate-secrets", "--settle");
}

async function rotateAll(stack: StackProject): Promise<number> {
  const { stdout } = await stack.must("rotate-secrets", "--all", "--yes", "--json");
  const { durationMs, result } = JSON.parse(stdout) as { durationMs: number; result: string };
  if (result !== "rotated") throw new Error(`the rotation ended as ${result}`);
  return durationMs;
}

async function rotateUnderLoad(stack: StackProject, customer: ProviderApi, key: string): Promise<Row[]> {
  const session = [...customer.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const loads = startLoads(
    `${stack.gateway}/api/v1/service-1/test`,
    { "X-API-Key": key },
    { perSecond: 160 },
  );
  const pages = startLoader(
    `${stack.provider}/api/keys`,
    { cookie: session },
    { perSecond: 40, methods: ["GET"] },
  );
  const maker = startKeyMaker(stack, customer);
  await Bun.sleep(2_000);
  const rotateMs = await rotateAll(stack);
  // Unlike a browser it keeps the cookie that it began with, which holds as long as the old secret does.
  const provider = await pages.stop();
  await settle(stack);
  const [{ load, control }, made] = await Promise.all([loads.stop(), maker.stop()]);
  const failures = [...load.failures, ...provider.failures, ...made.failures];
  for (const failure of new Set(failures)) console.error(`  lost: ${failure}`);
  const sent = load.sent + provider.sent + made.sent;
  return [
    {
      what: "requests lost in `rotate-secrets --all` and what follows its soak, 200/s and keys made all the while",
      measured: `${failures.length} of ${sent}`,
      beside: `${made.keys} keys made and used at once; a session of before is signed in at each of ${provider.sent} requests`,
      bar: "0",
      met: failures.length === 0,
    },
    {
      what: "longest gap without a good answer of the gateway",
      measured: ms(load.longestGapMs),
      beside: `control ${ms(control.longestGapMs)}`,
      bar: "≤ 100 ms over the control's",
      met: load.longestGapMs - control.longestGapMs <= 100,
    },
    {
      what: "all secrets of the stack until SOAK, under that load",
      measured: ms(rotateMs),
      beside: "two rollouts of the gateway and the provider, verified between",
      bar: "≤ 20 s",
      met: rotateMs <= 20_000,
    },
  ];
}

async function previewTimes(stack: StackProject): Promise<Row[]> {
  const before = await containerIds(stack.name);
  const times: number[] = [];
  for (let run = 0; run < PREVIEWS; run += 1) {
    const at = performance.now();
    await stack.must("rotate-secrets", "--all", "--dry-run");
    times.push(performance.now() - at);
  }
  const same = JSON.stringify(await containerIds(stack.name)) === JSON.stringify(before);
  return [
    {
      what: `the preview, median of ${PREVIEWS}`,
      measured: ms(median(times)),
      beside: same ? "every container as it was" : "**containers changed**",
      bar: "≤ 1 s",
      met: median(times) <= 1_000 && same,
    },
  ];
}

/** Rows that nobody has a key for: the rotation counts them, the gateway looks past them. */
async function addKeys(stack: StackProject): Promise<void> {
  const sql = `INSERT INTO api_key (user_id, name, mode, key_id, hash, pepper_version)
    SELECT (SELECT id FROM "user" LIMIT 1), 'many', 'test', lpad(n::text, 12, '0'), decode(repeat('00', 32), 'hex'),
      (SELECT max(pepper_version) FROM api_key) FROM generate_series(1, ${MANY_KEYS}) AS n; ANALYZE api_key;`;
  await docker("exec", `${stack.name}-db`, "psql", "-qX", "-U", "postgres", "-d", "soloflow", "-c", sql);
}

function manyKeys(few: Measured, many: Measured): Row[] {
  const p99 = ({ lookups }: Measured) => percentile(lookups, 0.99);
  return [
    {
      what: `rotation with ${MANY_KEYS.toLocaleString("en")} keys`,
      measured: ms(many.rotateMs),
      beside: `with ${FEW_KEYS}: ${ms(few.rotateMs)}, the quicker one of two each`,
      bar: "no slower (≤ 1.15 ×)",
      met: many.rotateMs <= few.rotateMs * 1.15,
    },
    {
      what: "a key's lookup with them, p99, through the gateway",
      measured: `${p99(many).toFixed(1)} ms`,
      beside: `with ${FEW_KEYS}: ${p99(few).toFixed(1)} ms`,
      bar: "unchanged (≤ 1.25 × + 1 ms)",
      met: p99(many) <= p99(few) * 1.25 + 1,
    },
  ];
}
