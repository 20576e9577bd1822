import { expect } from "bun:test";
import { resolve } from "node:path";
import { newAccount, ProviderApi } from "./provider-api.ts";
import type { StackProject } from "./stack-project.ts";

const KILLER = resolve(import.meta.dir, "../fixtures/rotate/killed-agent.ts");
export const TEST_PATH = "/api/v1/service-1/test";

/** A customer who is signed in and has a key. */
export type Customer = { api: ProviderApi; key: string };

export async function customerOf(stack: StackProject): Promise<Customer> {
  const api = new ProviderApi(stack.provider);
  expect((await api.signUp(newAccount())).status).toBe(200);
  return { api, key: (await api.makeKey("test", "live")).key };
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

/** Runs the agent until it is dead at that point ("" for nowhere); gives what it ended with. */
export async function killedRotation(stack: StackProject, point: string, ...argv: string[]): Promise<string> {
  const child = Bun.spawn([process.execPath, KILLER, point, "rotate-secrets", ...argv], {
    cwd: stack.folder,
    env: { ...process.env, ...stack.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return child.signalCode !== null ? String(child.signalCode) : `${child.exitCode}\n${stdout}\n${stderr}`;
}
