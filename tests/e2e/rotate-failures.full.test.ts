import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../support/binary.ts";
import { faultyEngine } from "../support/faulty-engine.ts";
import { type SmallDisk, smallDisk } from "../support/full-disk.ts";
import { startLoad } from "../support/load.ts";
import { type RefusingStack, refusingStack } from "../support/refusing-stack.ts";
import {
  type Customer,
  checkCustomer,
  customerOf,
  giveExternal,
  TEST_PATH,
} from "../support/rotating-stack.ts";
import { docker } from "../support/sandbox.ts";
import { stoppedAgent } from "../support/stopped-agent.ts";
import type { AgentRun } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";

setDefaultTimeout(240_000);

/** Enough for the state of a stack, and quickly full. */
const DISK_BYTES = 32 << 20;
const PAIR = ["API_KEY_PEPPER", "DATABASE_URL"];

let stack: RefusingStack;
let disk: SmallDisk;
let customer: Customer;

beforeAll(async () => {
  stack = await refusingStack();
  disk = await smallDisk(stack.env.SOLOFLOW_STATE_DIR ?? "", DISK_BYTES);
  const unused = 'RESEND_API_KEY            = { kind = "external", ';
  stack.edit("soloflow.toml", unused, `${unused}verify = { command = ["false"] }, `);
  stack.edit(
    "soloflow.toml",
    ':8080/actuator/health", within = "120s"',
    ':8080/actuator/health", within = "20s"',
  );
  await stack.must("deploy");
  customer = await customerOf(stack);
}, 300_000);

afterAll(async () => {
  await disk?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
}, 60_000);

/** Does something while the customer asks: each request is answered, then and by the command that settles it. */
async function served(act: () => Promise<void>): Promise<void> {
  const headers = { "X-API-Key": customer.key };
  const load = startLoad(stack.gateway + TEST_PATH, { perSecond: 20, headers });
  try {
    await act();
    await checkSettled();
  } finally {
    const { failures, sent } = await load.stop();
    expect({ failures, sent: sent > 0 }).toEqual({ failures: [], sent: true });
  }
}

/** One more command leaves nothing under way; the customer's key and session are good, and nothing is to be done. */
async function checkSettled(): Promise<void> {
  await stack.must("rotate-secrets", "--settle");
  await checkCustomer(stack, customer);
  expect((await stack.agent("plan")).stdout).toContain("nothing to do");
}

/** What a person reads first says what it was; what is to be done next stands below it. */
function checkNamed({ stderr }: AgentRun, words: RegExp): void {
  expect(/^error: (.+)$/m.exec(stderr)?.[1] ?? stderr).toMatch(words);
  expect(stderr).toMatch(/^hint: /m);
}

const otherRole = async () => ((await stack.activeRole()) === "soloflow_a" ? "soloflow_b" : "soloflow_a");

test("a gateway that is never ready on both values: all is as it was, exit 3", async () => {
  await served(() =>
    stack.whileRefused(",", async () => {
      const before = await stack.versions();
      const run = await stack.agent("rotate-secrets", "API_KEY_PEPPER", "DATABASE_URL", "--json");
      expect(run.code).toBe(3);
      expect(JSON.parse(run.stdout)).toMatchObject({ result: "aborted", state: "aborted" });
      checkNamed(run, /gateway.* did not take the new values/);
      expect(await stack.versions()).toEqual(before);
      expect(await stack.openRoles()).toEqual([await stack.activeRole()]);
    }),
  );
});

test("a gateway that is never ready on the new value: the former one issues again, both are accepted, the new one ends", async () => {
  await served(async () => {
    const before = await stack.versions();
    await stack.whileRefused(`^(?!${before[0]}:)[0-9]+:`, async () => {
      const run = await stack.agent("rotate-secrets", "API_KEY_PEPPER", "--json");
      expect(run.code).toBe(3);
      expect(JSON.parse(run.stdout)).toMatchObject({ result: "cured", state: "soak" });
      checkNamed(run, /gateway.* did not take the new values/);
      const [issuing, ...others] = await stack.versions();
      expect([issuing, others.length]).toEqual([before[0] ?? 0, 1]);
    });
    await stack.must("rotate-secrets", "--retire", "API_KEY_PEPPER", "--yes");
    expect(await stack.versions()).toEqual(before);
  });
});

/** A rotation that stands still at a point while something is done to it, and how it ended then. */
async function disturbed(point: string, names: string[], act: () => Promise<void>): Promise<AgentRun> {
  await using agent = await stoppedAgent(stack, point, "rotate-secrets", ...names);
  await act();
  return await agent.goOn();
}

test("a new login that somebody closed is found out before anything depends on it: all is as it was", async () => {
  await served(async () => {
    const active = await stack.activeRole();
    for (const statement of ["ALTER ROLE %s NOLOGIN", "DROP ROLE %s"]) {
      const run = await disturbed("verify:before", ["DATABASE_URL"], async () => {
        await stack.sql(statement.replace("%s", await otherRole()));
      });
      expect(run.code).toBe(3);
      checkNamed(run, /DATABASE_URL does not log in to database: it is refused/);
      expect([await stack.activeRole(), await stack.openRoles()]).toEqual([active, [active]]);
    }
    await stack.must("rotate-secrets", "DATABASE_URL");
    expect(await stack.activeRole()).not.toBe(active);
  });
});

test("of a login in use that somebody dropped the apps are given the other one, and the next rotation makes it anew", async () => {
  const active = await stack.activeRole();
  await stack.sql(`DROP ROLE ${active}`);
  for (const _ of [1, 2]) await stack.must("rotate-secrets", "DATABASE_URL");
  expect(await stack.activeRole()).toBe(active);
  await checkSettled();
});

test("a gateway that has not got the very value is found out before anything depends on it: all is as it was", async () => {
  const before = await stack.versions();
  const run = await disturbed("verify:before", ["API_KEY_PEPPER"], async () => {
    const { id } = await stack.gatewayHas("API_KEY_PEPPER");
    const source = await docker(
      "inspect",
      "-f",
      '{{range .Mounts}}{{if eq .Destination "/run/secrets"}}{{.Source}}{{end}}{{end}}',
      id,
    );
    const file = join(source, "API_KEY_PEPPER");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(/.$/, (last) => (last === "a" ? "b" : "a")),
    );
    await docker("restart", id);
    const ready = () =>
      fetch(`${stack.gateway}/actuator/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor("it answers again", ready, 30_000);
  });
  expect(run.code).toBe(3);
  checkNamed(run, /not everybody has the same: gateway/);
  expect(await stack.versions()).toEqual(before);
  await checkSettled();
});

test("a value that its vendor refuses is not used", async () => {
  await served(async () => {
    await giveExternal(stack);
    await stack.must("deploy");
    const { stdout: before } = await stack.must("secrets", "get", "RESEND_API_KEY", "--reveal");
    const child = Bun.spawn([await binary(), "rotate-secrets", "RESEND_API_KEY"], {
      ...{ cwd: stack.folder, env: { ...process.env, ...stack.env } },
      stdio: [Buffer.from(`re_${"x1".repeat(16)}`), "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    checkNamed(
      { code: await child.exited, stdout, stderr },
      /the new RESEND_API_KEY is not used: false ended/,
    );
    expect((await stack.must("secrets", "get", "RESEND_API_KEY", "--reveal")).stdout).toBe(before);
  });
});

test.each([
  ["before the commit", "prepare-roles:before"],
  ["after it", "flip:before"],
])(
  "a database that a person stops %s: it says so, and with the database back one command converges",
  async (_, point) => {
    const run = await disturbed(point, PAIR, async () => {
      await docker("stop", `${stack.name}-db`);
    });
    // What the apps need is started by a rollout of them.
    if (run.code !== 0) checkNamed(run, /database/);
    await docker("start", `${stack.name}-db`);
    const isUp = () =>
      stack.sql("select 1").then(
        () => true,
        () => false,
      );
    await waitFor("the database answers", isUp, 60_000);
    const ready = () =>
      checkCustomer(stack, customer).then(
        () => true,
        () => false,
      );
    await waitFor("customers are served", ready, 60_000);
    await checkSettled();
  },
);

test.each(["stage", "expand", "commit", "flip", "soak"])(
  "a disk that is full from %s on: everybody is served, and with room one command converges",
  async (point) => {
    await served(async () => {
      const run = await disturbed(`${point}:before`, PAIR, async () => disk.fill());
      disk.free();
      if (run.code !== 0) checkNamed(run, /disk is full|no space left/i);
    });
  },
);

/** Each spoils one file of the store, given the one that CURRENT names. */
test.each([
  ["points to nothing", "CURRENT", (file: string) => writeFileSync(file, "v0999.age\n")],
  ["is torn", undefined, (file: string) => truncateSync(file, 60)],
] as const)(
  "a store that %s in the middle is named, and with its file of before one command converges",
  async (_, name, spoil) => {
    await served(async () => {
      const folder = join(stack.env.SOLOFLOW_STATE_DIR ?? "", stack.name, "secrets");
      const file = join(folder, name ?? readFileSync(join(folder, "CURRENT"), "utf8").trim());
      const before = readFileSync(file);
      const run = await disturbed("verify:before", PAIR, async () => spoil(file));
      for (const each of [run, await stack.agent("rotate-secrets", "API_KEY_PEPPER")]) {
        expect(each.code).not.toBe(0);
        checkNamed(each, /CURRENT|\.age/);
      }
      writeFileSync(file, before);
    });
  },
);

test.each(["expand:before", "flip:before"])(
  "an engine that is gone from %s on: everybody is served, it says so, and once it is back one command converges",
  async (point) => {
    await using engine = await faultyEngine();
    await served(async () => {
      stack.env.DOCKER_HOST = engine.address;
      try {
        const run = await disturbed(point, PAIR, async () => engine.remove());
        expect(run.code).toBe(4);
        checkNamed(run, /docker|engine/i);
      } finally {
        delete stack.env.DOCKER_HOST;
      }
    });
  },
);
