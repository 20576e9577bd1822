import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../agent/core/secret.ts";
import { readCurrent } from "../../agent/host/secret-store/read-store.ts";
import { isUnderWay } from "../../agent/plan/rotate/machine.ts";
import { secretStates } from "../../agent/plan/rotate/secret-states.ts";
import { openSecrets, openSecretsOf, storePlace } from "../../agent/run/secrets/open-secrets.ts";
import { rotations } from "./rotation-commands.ts";
import { type RotationWorld, versionsIn } from "./rotation-world.ts";

const NO_KEY: MadeKey = { n: 0, value: "" };
const APPS = ["gateway", "provider"];

/** A customer's key as it was made: with a version of the pepper. */
export type MadeKey = { n: number; value: string };

/** What holds at every instant, whoever was killed: logins work, keys pass, apps understand each other, nothing leaks. */
export async function checkAlways(world: RotationWorld, keys: readonly MadeKey[]): Promise<void> {
  for (const app of APPS) {
    const urls = world.given(app, "DATABASE_URL");
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) expect(world.postgres.login(loginIn(url))).toBe("accepted");
    for (const pepper of world.given(app, "API_KEY_PEPPER"))
      for (const key of keys) expect(versionsIn(pepper)).toContainEqual(key);
  }
  const peppers = APPS.flatMap((app) => world.given(app, "API_KEY_PEPPER")).map(versionsIn);
  for (const [issuing] of peppers)
    for (const other of peppers) expect(other).toContainEqual({ ...(issuing ?? NO_KEY) });
  await checkLeaks(world);
}

/** One that is made now, by the provider that serves. */
export function makeKey(world: RotationWorld): MadeKey {
  const [key] = versionsIn(world.given("provider", "API_KEY_PEPPER")[0] ?? "");
  if (key === undefined) throw new Error("the provider has no pepper");
  return key;
}

function loginIn(url: string) {
  const { username, password } = new URL(url);
  return { role: username, password: new Secret(decodeURIComponent(password)) };
}

/** No value in what is written down outside of the store, in any process' arguments, or in what was said. */
async function checkLeaks(world: RotationWorld): Promise<void> {
  const { host, project, progress } = world;
  const values = await allValues(world);
  const texts = readdirSync(project.paths.state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("secrets"))
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "latin1")] as const);
  const processes = host.calls.filter((call) => call.startsWith("docker")).join("\n");
  const said = progress.lines.join("\n");
  for (const [where, text] of [...texts, ["processes", processes], ["said", said]] as const)
    for (const value of values) if (text.includes(value)) throw new Error(`a value is in ${where}`);
}

/** Of every version that the store has, committed or not. */
async function allValues({ host, project }: RotationWorld): Promise<Set<string>> {
  const current = (await readCurrent(storePlace(host, project))) ?? 0;
  const values = new Set<string>();
  for (let version = 1; version <= current + 1; version += 1) {
    const opened = await openSecretsOf(host, project, version).catch(() => undefined);
    for (const { versions } of Object.values(opened?.secrets ?? {}))
      for (const { value } of versions) values.add(typeof value === "string" ? value : value.password);
  }
  return values;
}

/** What holds when nothing is under way: apps accept just what the store says, and roles are as it says. */
export async function checkSettled(world: RotationWorld): Promise<void> {
  const { host, project } = world;
  expect(rotations(world).filter(isUnderWay)).toEqual([]);
  const opened = await openSecrets(host, project);
  const states = secretStates(opened?.secrets ?? {});
  const pepper = states.find(({ name }) => name === "API_KEY_PEPPER");
  for (const app of ["gateway", "provider"]) {
    expect(world.given(app, "API_KEY_PEPPER")).toHaveLength(1);
    const accepted = versionsIn(world.given(app, "API_KEY_PEPPER")[0] ?? "").map(({ n }) => n);
    expect(accepted).toEqual(pepper?.versions.map(({ n }) => n) ?? []);
  }
  const logins = states.find(({ name }) => name === "DATABASE_URL")?.versions.map(({ role }) => role);
  for (const role of ["demo_a", "demo_b"])
    expect(world.postgres.roles.get(role)?.mayLogIn ?? false).toBe(logins?.includes(role) ?? false);
}
