import { expect } from "bun:test";
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { PointName, RotationPoint } from "../../agent/plan/rotate/machine.ts";
import type { Phase } from "../../agent/plan/rotate/types.ts";
import { startLoad } from "./load.ts";
import { newAccount, ProviderApi } from "./provider-api.ts";
import { checkSettledStack } from "./settled-stack.ts";
import type { StackProject } from "./stack-project.ts";

const KILLER = resolve(import.meta.dir, "../fixtures/rotate/killed-agent.ts");
export const TEST_PATH = "/api/v1/service-1/test";

/** A secret of each kind, what its rotation needs, and whether it soaks. */
export const KINDS = [
  { name: "API_KEY_PEPPER", phases: ["expand", "flip", "contract"], soaks: true },
  { name: "BETTER_AUTH_SECRET", phases: ["expand", "flip", "contract"], soaks: true },
  { name: "DATABASE_URL", phases: ["roles", "flip"], soaks: true },
  { name: "POSTGRES_PASSWORD", phases: ["roles", "flip"], soaks: false },
  { name: "RESEND_API_KEY", phases: ["flip"], soaks: false },
] as const satisfies readonly { name: string; phases: readonly Phase[]; soaks: boolean }[];

export type Kind = (typeof KINDS)[number];

/** Those whose rotation comes to the point. */
export function kindsAt({ phase }: RotationPoint): readonly Kind[] {
  return KINDS.filter(({ phases }) => phase === undefined || phases.some((each) => each === phase));
}

/** A customer who is signed in and has a key. */
export type Customer = { api: ProviderApi; key: string };

export async function customerOf(stack: StackProject): Promise<Customer> {
  const api = new ProviderApi(stack.provider);
  expect((await api.signUp(newAccount())).status).toBe(200);
  return { api, key: (await api.makeKey("test", "live")).key };
}

const known = new Map<string, Customer>();

/** The customer of before, as long as the session lasts: the provider lets few sign up within a minute. */
async function customerNow(stack: StackProject): Promise<Customer> {
  const before = known.get(stack.name);
  const status = await before?.api.call("GET", "/api/keys").then((answer) => answer.status);
  const customer = before !== undefined && status === 200 ? before : await customerOf(stack);
  known.set(stack.name, customer);
  return customer;
}

/** The customer's key passes the gateway, and the session is as it was. */
export async function checkCustomer(stack: StackProject, { api, key }: Customer): Promise<void> {
  const answer = await fetch(stack.gateway + TEST_PATH, {
    headers: { "X-API-Key": key },
    keepalive: false,
    signal: AbortSignal.timeout(10_000),
  });
  expect(answer.status).toBe(200);
  expect((await api.keys()).length).toBeGreaterThan(0);
}

/** An external secret that has a value to be exchanged. */
export async function giveExternal(stack: StackProject): Promise<void> {
  expect(await agentFromSource(stack, "", "secrets", "set", "RESEND_API_KEY")).toStartWith("0");
}

/** A rotation under load is killed at the point: customers notice nothing, then or after the next command. */
export async function checkKilled(
  stack: StackProject,
  point: PointName,
  mark: "before" | "after",
  kind: Kind,
): Promise<void> {
  const customer = await customerNow(stack);
  const headers = { "X-API-Key": customer.key };
  const load = startLoad(stack.gateway + TEST_PATH, { perSecond: 20, headers });
  expect(await runTo(stack, point, `${point}:${mark}`, kind)).toBe("SIGKILL");
  await checkCustomer(stack, customer);
  await stack.must("rotate-secrets", "--settle");
  await checkCustomer(stack, customer);
  expect((await stack.agent("plan")).stdout).toContain("nothing to do");
  expect((await load.stop()).failures).toEqual([]);
}

/** Where something is killed in a rotation. */
type Killed = { name: PointName; mark: "before" | "after" };

/** As `checkKilled`, and the command that follows is killed too; what comes after that leaves all as it says. */
export async function checkKilledTwice(
  stack: StackProject,
  first: Killed & { kind: Kind },
  second: Killed & { command: readonly string[] },
): Promise<void> {
  const customer = await customerNow(stack);
  const headers = { "X-API-Key": customer.key };
  const load = startLoad(stack.gateway + TEST_PATH, { perSecond: 20, headers });
  expect(await runTo(stack, first.name, `${first.name}:${first.mark}`, first.kind)).toBe("SIGKILL");
  expect(await rotation(stack, `${second.name}:${second.mark}`, ...second.command)).toBe("SIGKILL");
  await checkCustomer(stack, customer);
  await stack.must("rotate-secrets", "--settle");
  await checkCustomer(stack, customer);
  await checkSettledStack(stack);
  expect((await load.stop()).failures).toEqual([]);
}

/** How a rotation comes to the point: on its way, when something is given up, or when it is aborted. */
async function runTo(stack: StackProject, point: PointName, at: string, kind: Kind): Promise<string> {
  switch (point) {
    case "retire":
    case "contract":
    case "close-roles":
    case "done":
      return givenUp(stack, at, kind);
    case "undo-rollout":
    case "undo-roles":
    case "discard":
      expect(await rotation(stack, "verify:before", kind.name)).toBe("SIGKILL");
      return rotation(stack, at, "--abort");
    case "cure":
      expect(await rotation(stack, "flip:before", kind.name)).toBe("SIGKILL");
      return rotation(stack, at, "--abort");
    default:
      return rotation(stack, at, kind.name);
  }
}

/** The load has used its key meanwhile: nothing of a customer stands on the old value of a pepper. */
async function givenUp(stack: StackProject, at: string, { name, soaks }: Kind): Promise<string> {
  if (!soaks) return rotation(stack, at, name);
  await stack.must("rotate-secrets", name);
  await Bun.sleep(500);
  return rotation(stack, at, "--retire", name, "--yes");
}

function rotation(stack: StackProject, point: string, ...argv: string[]): Promise<string> {
  return agentFromSource(stack, point, "rotate-secrets", ...argv);
}

/** Runs the agent until it is dead at that point ("" for nowhere); gives what it ended with. */
async function agentFromSource(stack: StackProject, point: string, ...argv: string[]): Promise<string> {
  const child = Bun.spawn([process.execPath, KILLER, point, ...argv], {
    cwd: stack.folder,
    env: { ...process.env, ...stack.env },
    stdio: [Buffer.from(`re_${randomBytes(16).toString("hex")}`), "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return child.signalCode !== null ? String(child.signalCode) : `${child.exitCode}\n${stdout}\n${stderr}`;
}
