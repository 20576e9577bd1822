import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../support/binary.ts";
import { containerIds } from "../support/container-ids.ts";
import { type SampledProcesses, sampleProcesses } from "../support/process-sampler.ts";
import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import type { AgentRun } from "../support/test-project.ts";
import { must } from "../support/vps/must.ts";

/** What a person puts in. */
const given = {
  STRIPE_SECRET_KEY: `sk_test_canary${randomBytes(12).toString("hex")}`,
  RESEND_API_KEY: `re_canary${randomBytes(12).toString("hex")}`,
  UPSTASH_REDIS_REST_URL: `https://canary-${randomBytes(8).toString("hex")}.upstash.io`,
  UPSTASH_REDIS_REST_TOKEN: `canary "quoted" ${randomBytes(12).toString("hex")}`,
};
/** What the agent makes. */
const MADE = ["API_KEY_PEPPER", "BETTER_AUTH_SECRET", "DATABASE_URL", "POSTGRES_PASSWORD"];

let stack: StackProject;
let processes: SampledProcesses;
/** Everything that was printed or said meanwhile, by where. */
const said: Record<string, string> = {};
let values: Record<string, string>;
let recoveryKey: string;

/** A life of a stack: values are put in, it is deployed, switches, and fails to. */
beforeAll(async () => {
  stack = await stackProject();
  const sampler = sampleProcesses();
  const control = Bun.spawn(["sleep", "1"], { env: { CONTROL: "seen by the sampler" } });
  const events = Bun.spawn(["docker", "events", "--format", "{{json .}}"], { stdout: "pipe" });
  try {
    await putIn();
    await deployAndSwitch();
    await failToDeploy();
    for (const verb of ["status", "plan --json", "history --json", "check", "secrets list", "logs"])
      keep(verb, await stack.agent(...verb.split(" ")));
    await control.exited;
  } finally {
    processes = await sampler.stop();
    events.kill();
    said.events = await events.stdout.text();
  }
  values = await secretParts();
}, 300_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

/** One value by hand, the others from a file. */
async function putIn(): Promise<void> {
  const { STRIPE_SECRET_KEY, ...others } = given;
  const first = await setSecret("STRIPE_SECRET_KEY", STRIPE_SECRET_KEY);
  recoveryKey = /AGE-SECRET-KEY-1\w+/.exec(first.stderr)?.[0] ?? "";
  keep("set", { ...first, stderr: first.stderr.replace(recoveryKey, "the recovery key, shown this once") });
  const lines = Object.entries(others).map(([name, value]) => `${name}='${value}'\n`);
  stack.write("filled.env", lines.join(""));
  keep("import", await stack.must("secrets", "import", "filled.env"));
  stack.write("filled.env", "");
}

async function deployAndSwitch(): Promise<void> {
  keep("first deploy", await stack.must("deploy"));
  await keepContainers("first deploy");
  const settings = readFileSync(join(stack.folder, "stack/.env"), "utf8");
  stack.write("stack/.env", `${settings}CORS_ORIGINS=https://one.example.com\n`);
  keep("switch", await stack.must("deploy", "--json"));
}

async function failToDeploy(): Promise<void> {
  stack.edit("stack/.env", "one.example.com", "two.example.com");
  stack.edit("soloflow.toml", '":8080/actuator/health", within = "120s"', '":8080/nowhere", within = "2s"');
  const failed = await stack.agent("deploy", "--debug");
  expect(failed.code).toBe(3);
  keep("failed deploy", failed);
  await keepContainers("failed deploy");
}

function keep(where: string, { stdout, stderr }: AgentRun): void {
  said[where] = `${stdout}\n${stderr}`;
}

async function setSecret(name: string, value: string): Promise<AgentRun> {
  const child = Bun.spawn([await binary(), "secrets", "set", name], {
    cwd: stack.folder,
    env: { ...process.env, ...stack.env },
    stdio: [Buffer.from(`${value}\n`), "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect({ code: await child.exited, stderr }).toMatchObject({ code: 0 });
  return { code: 0, stdout, stderr };
}

/** What the engine knows of the project's containers and images, and what those have logged. */
async function keepContainers(when: string): Promise<void> {
  const ids = await containerIds(stack.name);
  said[`docker inspect after the ${when}`] = await docker("inspect", ...ids);
  for (const id of ids)
    said[`log of ${id} after the ${when}`] = await must(["sh", "-c", `docker logs ${id} 2>&1`]);
  const images = [...new Set((await docker("inspect", "-f", "{{.Image}}", ...ids)).split("\n"))];
  said[`images after the ${when}`] = await docker("image", "inspect", ...images);
  for (const image of images)
    said[`history of ${image}`] = await docker("image", "history", "--no-trunc", image);
}

/** Each secret's telling part: of a URL the password, of a list of versions each value. */
async function secretParts(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of [...Object.keys(given), ...MADE]) {
    const value = (await stack.must("secrets", "get", name, "--reveal")).stdout.trimEnd();
    const part = name === "DATABASE_URL" ? new URL(value).password : value.replace(/^\d+:/, "");
    expect(part.length).toBeGreaterThan(15);
    found[name] = part;
  }
  return found;
}

/** Names of the secrets that the text holds, as they are or in a usual disguise. */
function secretsIn(text: string): string[] {
  return Object.entries({ ...values, recoveryKey })
    .filter(([, value]) =>
      [
        value,
        JSON.stringify(value).slice(1, -1),
        encodeURIComponent(value),
        Buffer.from(value).toString("base64").slice(0, 20),
        Buffer.from(value).toString("hex"),
      ].some((form) => text.includes(form)),
    )
    .map(([name]) => name);
}

/** Files below a folder that hold a secret, with its name. */
function secretsBelow(folder: string): Record<string, string[]> {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).map((path) => join(folder, path));
  const files = paths.filter((path) => statSync(path).isFile());
  return Object.fromEntries(
    files.flatMap((path) => {
      const found = secretsIn(readFileSync(path, "latin1"));
      return found.length === 0 ? [] : [[path, found]];
    }),
  );
}

test("the values that were given are in the store as they were", () => {
  expect(values).toMatchObject(given);
  expect(recoveryKey).not.toBe("");
});

test("no process of this machine had a secret in its arguments, and none outside its own container in its environment", () => {
  const argv = processes.arguments;
  expect(argv.some((text) => text.includes(`${stack.name}/gateway:soloflow-new`))).toBe(true);
  expect(argv.filter((text) => secretsIn(text).length > 0).map((text) => text.slice(0, 200))).toEqual([]);

  const held = processes.environments.filter((text) => secretsIn(text).length > 0);
  const elsewhere = held.filter(
    (text) => !makesTheCluster(text) || secretsIn(text).join() !== "POSTGRES_PASSWORD",
  );
  expect(processes.environments.some((text) => text.includes("seen by the sampler"))).toBe(true);
  expect(elsewhere.map((text) => text.slice(0, 200))).toEqual([]);
});

/** While its cluster is made, the database's own scripts find its password where the official image has it. */
function makesTheCluster(environment: string): boolean {
  return ["POSTGRES_PASSWORD_FILE=", "PGPASSWORD=", "PGDATA="].every((name) => environment.includes(name));
}

test("neither the agent nor a container says one, and docker knows none", () => {
  expect(said.events).toContain("exec_create: psql");
  for (const [where, text] of Object.entries(said))
    expect({ where, secrets: secretsIn(text) }).toEqual({ where, secrets: [] });
});

test("no file of the project, its state or its cache holds one in clear", () => {
  expect(secretsBelow(stack.env.SOLOFLOW_STATE_DIR ?? "")).toEqual({});
  expect(secretsBelow(stack.folder)).toEqual({});
  expect(secretsBelow(`/var/cache/soloflow/projects/${stack.name}`)).toEqual({});
});

test("a service finds its own in memory, and no other does", async () => {
  const run = stack.env.SOLOFLOW_RUN_DIR ?? "";
  const holders = Object.entries(secretsBelow(run)).flatMap(([path, names]) =>
    names.map((name) => `${path.slice(run.length).split("/")[3]} ${name}`),
  );
  const provider = [...Object.keys(given), "API_KEY_PEPPER", "BETTER_AUTH_SECRET", "DATABASE_URL"];
  expect([...new Set(holders)].sort()).toEqual(
    [
      ...[
        "database POSTGRES_PASSWORD",
        "gateway API_KEY_PEPPER",
        "gateway DATABASE_URL",
        "migrate DATABASE_URL",
      ],
      ...provider.map((name) => `provider ${name}`),
    ].sort(),
  );
});
