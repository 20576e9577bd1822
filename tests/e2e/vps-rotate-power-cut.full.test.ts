import { afterAll, beforeAll, expect, test } from "bun:test";
import { POINTS } from "../../agent/plan/rotate/machine.ts";
import type { RotationState } from "../../agent/plan/rotate/types.ts";
import { newAccount, ProviderApi } from "../support/provider-api.ts";
import { TEST_PATH } from "../support/rotating-stack.ts";
import { giveStoppingAgent, stopAt } from "../support/vps/stopping-agent.ts";
import type { Vps } from "../support/vps/vps.ts";
import { property, writeFile } from "../support/vps/vps-shop.ts";
import { addressOf, inStack, STACK_FOLDER, stackVps } from "../support/vps/vps-stack.ts";
import { waitFor } from "../support/wait-for.ts";

const ROTATE = "soloflow-agent-rotate@soloflow.service";
const DECRYPTED = "cd /run/soloflow/soloflow && find . -type f -exec sha256sum {} + | sort -k 2";
const AT_BOOT = "/var/lib/soloflow/at-boot";

/** Before the watchdog has anything settled: what the boot has decrypted. */
const LOOK = `[Service]
ExecStartPre=+/bin/sh -c "${DECRYPTED.replace("{}", "'{}'")} >${AT_BOOT}"
`;

let server: Vps;
beforeAll(async () => {
  server = await stackVps();
  await giveStoppingAgent(server);
  await writeFile(server, `/etc/systemd/system/${ROTATE}.d/look.conf`, LOOK);
  await server.must(["systemctl", "daemon-reload"]);
}, 900_000);
afterAll(() => server?.[Symbol.asyncDispose](), 60_000);

/** A customer who is signed in and has a key, with which the gateway and the provider are asked. */
type Customer = { cookies: ReadonlyMap<string, string>; key: string };

const provider = async () => new ProviderApi(`http://${await addressOf(server)}:3000`);

async function newCustomer(): Promise<Customer> {
  const api = await provider();
  expect((await api.signUp(newAccount())).status).toBe(200);
  return { cookies: api.cookies, key: (await api.makeKey("test", "live")).key };
}

async function isServed({ cookies, key }: Customer): Promise<boolean> {
  const api = await provider();
  for (const [name, value] of cookies) api.cookies.set(name, value);
  const options = { headers: { "X-API-Key": key }, keepalive: false, signal: AbortSignal.timeout(5_000) };
  const answers = [
    fetch(`http://${await addressOf(server)}:8080${TEST_PATH}`, options),
    api.call("GET", "/api/keys"),
  ];
  return (await Promise.all(answers)).every(({ status }) => status === 200);
}

/** "2:new,1:old": numbers of the values that are accepted, the one that issues first. */
async function accepted(): Promise<number[]> {
  const pepper = (await inStack(server, "secrets get API_KEY_PEPPER --reveal")).trim();
  return pepper.split(",").map((each) => Number(/^(\d+):/.exec(each)?.[1] ?? 1));
}

/** By the watchdog of this boot, which nobody has told to. */
async function hasSettled(): Promise<boolean> {
  const log = ["journalctl", "--boot", "--unit", ROTATE, "--no-pager", "--output", "cat"];
  const isBegun = (await server.must(log)).includes("was interrupted");
  return isBegun && (await property(server, ROTATE, "ActiveState")) === "inactive";
}

const ALL = "rotate-secrets --all --yes";
const RETIRE = "rotate-secrets --retire API_KEY_PEPPER --yes";

/** The state that the power cut finds, and what the pepper's versions become of it. */
const CUTS: readonly [RotationState, string, (before: readonly number[]) => readonly number[]][] = [
  ["staged", ALL, (before) => before],
  ["expanded", ALL, (before) => before],
  ["committed", ALL, withNew],
  ["flipped", ALL, withNew],
  ["retired", RETIRE, (before) => before.slice(0, -1)],
];

/** Numbers of rotations that were taken back are not given again. */
function withNew(before: readonly number[]): readonly number[] {
  return [expect.any(Number), ...before];
}

function pointTo(state: RotationState): string {
  const point = POINTS.find(({ to }) => to === state);
  if (point === undefined) throw new Error(`nothing comes to ${state}`);
  return `${point.name}:after`;
}

const customers: Customer[] = [];
const allServed = async () => (await Promise.all(customers.map(isServed))).every((served) => served);

test.each(CUTS)(
  "a power cut of a rotation that is %s: what was decrypted is there again, all are served, and the watchdog settles it",
  async (state, command, becomes) => {
    customers.push(await newCustomer());
    const before = await accepted();
    await stopAt(server, STACK_FOLDER, pointTo(state), command);
    const decrypted = await server.must(["sh", "-c", DECRYPTED]);
    expect(decrypted).toContain("API_KEY_PEPPER");
    await server.must(["rm", "-f", AT_BOOT]);
    await server.powerCut();

    await waitFor("all customers are served", () => allServed().catch(() => false), 60_000);
    await waitFor("the watchdog has it settled", hasSettled, 240_000);
    expect(await property(server, ROTATE, "Result")).toBe("success");
    expect(await server.must(["cat", AT_BOOT])).toBe(decrypted);
    expect(await allServed()).toBe(true);
    expect(await accepted()).toEqual([...becomes(before)]);
    await inStack(server, "secrets verify");
    await inStack(server, "audit verify");
    expect(await inStack(server, "plan")).toContain("nothing to do");
    expect(await inStack(server, "rotate-secrets --settle --json")).toContain('"result": "nothing-due"');
  },
  600_000,
);
