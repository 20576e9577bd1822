import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { receiver } from "../integration/alerts/receiver.ts";
import { binary } from "../support/binary.ts";
import { type Canaries, canariesBelow, canariesIn } from "../support/canaries.ts";
import { agentGiven, canary, engineKnows, pathsOf, storedValues } from "../support/canary-life.ts";
import { canariesInMemory } from "../support/process-memory.ts";
import { type SampledProcesses, sampleProcesses } from "../support/process-sampler.ts";
import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching, type Watching } from "../support/watching.ts";

const ping = receiver(200);
const slack = receiver(200);

/** What stands in the place of what the agent would make, and what a person gives: two of these are exchanged. */
const before: Canaries = {
  API_KEY_PEPPER: canary("pepper-"),
  BETTER_AUTH_SECRET: canary("auth-"),
  DATABASE_URL: `postgres://soloflow_a:${canary("login")}@database:5432/soloflow`,
  POSTGRES_PASSWORD: canary("superuser-"),
  STRIPE_SECRET_KEY: canary("sk_live_"),
  STRIPE_WEBHOOK_SECRET: canary("whsec_"),
  RESEND_API_KEY: canary("re_", ' "quoted", $odd'),
};
const given: Canaries = { STRIPE_WEBHOOK_SECRET: canary("whsec_"), RESEND_API_KEY: canary("re_") };
/** What the watchdog itself is to use, and may have in memory for it. */
const ofAgent: Canaries = {
  SLACK_URL: `${slack.url}/${canary("T0")}`,
  PING_URL: `${ping.url}/${canary("P0")}`,
};

let stack: StackProject;
let watching: Watching;
let processes: SampledProcesses;
/** Everything that was printed, logged or told meanwhile, by where. */
const said: Record<string, string> = {};
/** Every value that the store ever had, and the key that opens it. */
let canaries: Canaries = {};
let memory: ReturnType<typeof canariesInMemory>;

beforeAll(async () => {
  stack = await stackProject();
  configure();
  await putIn();
  await run("deploy");
  watching = await startWatching(stack);
  const sampler = sampleProcesses();
  const control = Bun.spawn(["sleep", "1"], { env: { CONTROL: "seen by the sampler" } });
  const events = Bun.spawn(["docker", "events", "--format", "{{json .}}"], { stdout: "pipe" });
  try {
    await rotateEverything();
    await crash();
    await beTold();
    for (const verb of [
      "status --json",
      "plan",
      "check",
      "incidents --json",
      "history --audit",
      "secrets history",
    ])
      await run(...verb.split(" "));
    await control.exited;
    memory = canariesInMemory(watching.pid, canaries);
    said.watchdog = `${watching.said()}\n${await watching.metrics()}\n${JSON.stringify(await watching.state())}`;
  } finally {
    processes = await sampler.stop();
    events.kill();
    said.events = await events.stdout.text();
  }
}, 600_000);
afterAll(async () => {
  await watching?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
  for (const server of [ping, slack]) server[Symbol.dispose]();
}, 60_000);

/** No turn of the schedule comes into it, whatever time it is; who is replaced is given up with the next command. */
function configure(): void {
  const opens = (new Date().getHours() + 12) % 24;
  const between = [opens, (opens + 1) % 24].map((hour) => `${String(hour).padStart(2, "0")}:00`).join("-");
  stack.edit("soloflow.toml", '# between = "03:00-05:00"', `between = "${between}"`);
  stack.edit("soloflow.toml", '# soak    = "24h"', 'soak = "1s"');
  stack.edit("soloflow.toml", "# slack    =", 'dead_man = "PING_URL"\nslack = "SLACK_URL" #');
  stack.edit("soloflow.toml", 'watch  = "report"', 'live = { http = ":80/health" }\nwatch = "report"');
  const agent = '{ kind = "external", for = ["agent"] }';
  stack.edit("soloflow.toml", "# ALERTS_SLACK_URL ", `SLACK_URL = ${agent}\nPING_URL = ${agent}\n# `);
  const webhook = 'STRIPE_WEBHOOK_SECRET     = { kind = "external", for = ["provider"]';
  stack.edit("soloflow.toml", webhook, `${webhook}, overlap = "1s"`);
}

/** Quoted for an env file; no value has a single quote. */
function lines(values: Canaries): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
}

async function putIn(): Promise<void> {
  stack.write("filled.env", lines({ ...before, ...ofAgent }));
  const { stdout, stderr } = await stack.must("secrets", "import", "filled.env");
  stack.write("filled.env", "");
  const recoveryKey = /AGE-SECRET-KEY-1\w+/.exec(stderr)?.[0] ?? "";
  canaries = { ...(await storedValues(stack)), recoveryKey };
  said.import = `${stdout}\n${stderr.replace(recoveryKey, "the recovery key, shown this once")}`;
}

/** Runs a command, with what it prints kept, and what the store and the engine know after it. */
async function run(...args: string[]): Promise<void> {
  await keep(args.join(" "), await stack.agent(...args));
}

async function keep(
  what: string,
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
) {
  if (code !== 0 && code !== 10) throw new Error(`${what} ended with ${code}: ${stdout}\n${stderr}`);
  said[what] = `${stdout}\n${stderr}`;
  if (!/^(deploy|rotate)/.test(what)) return;
  canaries = { ...canaries, ...(await storedValues(stack)) };
  for (const [where, text] of Object.entries(await engineKnows(stack.name)))
    said[`${where} after ${what}`] = text;
}

async function rotateEverything(): Promise<void> {
  await run("rotate-secrets", "--all", "--dry-run");
  await run("rotate-secrets", "--all");
  const names = Object.keys(given);
  await keep("rotate external", await agentGiven(stack, lines(given), "rotate-secrets", ...names, "--json"));
  await run("rotate-secrets", "--settle");
  await run("rotate-secrets", "API_KEY_PEPPER", "--compromised", "--yes");
}

/** A fault of the program itself, where new values are in its memory, with core files allowed. */
async function crash(): Promise<void> {
  const staged = () => readdirSync(pathsOf(stack).secrets).filter((file) => /^v\d+\.age$/.test(file)).length;
  const files = staged();
  const script = 'ulimit -c unlimited; exec "$0" "$@"';
  const child = Bun.spawn(
    ["sh", "-c", script, await binary(), "rotate-secrets", "BETTER_AUTH_SECRET", "--debug"],
    {
      cwd: stack.folder,
      env: { ...process.env, ...stack.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const output = Promise.all([child.stdout.text(), child.stderr.text()]);
  await waitFor("new values are staged", () => staged() > files, 60_000);
  child.kill("SIGSEGV");
  await child.exited;
  said.crash = (await output).join("\n");
  expect([child.exitCode === 0, /panic|Segmentation|crash/i.test(said.crash)]).toEqual([false, true]);
  canaries = { ...canaries, ...(await storedValues(stack)) };
  await run("rotate-secrets", "--settle");
}

/** Who only looks on is stopped: the watchdog reports it, by a secret that it has to read for it. */
async function beTold(): Promise<void> {
  const pids = (await docker("top", `${stack.name}-pgadmin`, "-eo", "pid")).split("\n").slice(1).map(Number);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  try {
    await waitFor("the watchdog tells somebody", () => slack.received.length > 0, 120_000);
    await waitFor("it is asked whether it lives", () => ping.received.length > 0, 120_000);
  } finally {
    for (const pid of pids) process.kill(pid, "SIGCONT");
  }
}

const noneIn = (texts: Readonly<Record<string, string | Buffer>>, wanted: Canaries = canaries) =>
  Object.entries(texts)
    .map(([where, text]) => [where.slice(0, 200), canariesIn(text, wanted)] as const)
    .filter(([, found]) => found.length > 0);

test("each kind of secret had a canary before and has had another since", () => {
  const names = Object.keys(canaries).map((name) => name.split(",")[0]);
  const count = (name: string) => names.filter((each) => each === name).length;
  expect(Object.keys(before).map((name) => [name, count(name)])).toEqual([
    ["API_KEY_PEPPER", 3],
    ["BETTER_AUTH_SECRET", 3],
    ["DATABASE_URL", 2],
    ["POSTGRES_PASSWORD", 2],
    ["STRIPE_SECRET_KEY", 1],
    ["STRIPE_WEBHOOK_SECRET", 2],
    ["RESEND_API_KEY", 2],
  ]);
  expect(canaries.recoveryKey).toStartWith("AGE-SECRET-KEY-1");
  expect(slack.received[0]?.path).toContain(new URL(ofAgent.SLACK_URL ?? "").pathname);
});

test("no process of this machine had one in its arguments or its environment, in a container or out of it", () => {
  const { arguments: argv, environments } = processes;
  expect(argv.some((text) => text.includes("rotate-secrets\0--all"))).toBe(true);
  expect(environments.some((text) => text.includes("seen by the sampler"))).toBe(true);
  expect(
    noneIn(Object.fromEntries([...argv, ...environments].map((text) => [text, Buffer.from(text, "latin1")]))),
  ).toEqual([]);
});

test("nobody says, logs or tells one: the agent, its crash, its watchdog, containers, the engine", () => {
  expect(said.events).toContain("exec_create: psql");
  expect(noneIn(said)).toEqual([]);
  const told = [...slack.received, ...ping.received].map(
    ({ body, headers }) => `${JSON.stringify([...headers])}${body}`,
  );
  expect(noneIn({ told: told.join("\n") })).toEqual([]);
});

test("no file of the project, its state or its cache holds one in clear, core files included", () => {
  const state = canariesBelow(pathsOf(stack).state, canaries);
  for (const name of ["state.db", "state.db-wal", "audit.jsonl", "delivered.json", "model.json", ".age"])
    expect(state.files.filter((file) => file.endsWith(name))).not.toEqual([]);
  expect(state.found).toEqual({});
  expect(canariesBelow(stack.folder, canaries).found).toEqual({});
  expect(canariesBelow(`/var/cache/soloflow/projects/${stack.name}`, canaries).found).toEqual({});
});

test("the watchdog has none in memory but what it sends by itself", () => {
  const own = Object.keys(canaries).filter((name) => /^(SLACK|PING)_URL/.test(name));
  expect(own).toHaveLength(2);
  expect(memory.bytes).toBeGreaterThan(10_000_000);
  expect(memory.found.filter((name) => !own.includes(name))).toEqual([]);
});

test("the memory that apps read has each one where it is used, and none that was given up", () => {
  const { found } = canariesBelow(pathsOf(stack).run, canaries);
  const holders = Object.entries(found).flatMap(([path, names]) =>
    names.map((name) => `${path.slice(pathsOf(stack).run.length).split("/")[2]} ${name.split(",")[0]}`),
  );
  const provider = Object.keys(before).filter((name) => name !== "POSTGRES_PASSWORD");
  const wanted = [
    "database POSTGRES_PASSWORD",
    "gateway API_KEY_PEPPER",
    "gateway DATABASE_URL",
    "migrate DATABASE_URL",
  ];
  expect([...new Set(holders)].sort()).toEqual(
    [...wanted, ...provider.map((name) => `provider ${name}`)].sort(),
  );
  const old = Object.entries(canaries).filter(([, value]) =>
    Object.values(before).some((text) => text.includes(value)),
  );
  const kept = old
    .filter(([name]) => Object.values(found).flat().includes(name))
    .map(([name]) => name.split(",")[0]);
  expect(kept).toEqual(["STRIPE_SECRET_KEY"]);
});
