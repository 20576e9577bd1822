import { expect } from "bun:test";
import { join } from "node:path";
import { versionsPresent } from "../../agent/host/secret-store/store-place.ts";
import { readStore } from "../../agent/host/store/open-store.ts";
import { systemHost } from "../../agent/host/system-host.ts";
import { isUnderWay } from "../../agent/plan/rotate/machine.ts";
import { loadProject } from "../../agent/run/load-project.ts";
import { currentSecrets } from "../../agent/run/rotate/current-secrets.ts";
import { openRotations } from "../../agent/run/rotate/rotation-record.ts";
import { storePlace } from "../../agent/run/secrets/open-secrets.ts";
import { containerIds } from "./container-ids.ts";
import { versionsIn } from "./rotation-world.ts";
import { docker } from "./sandbox.ts";
import type { StackProject } from "./stack-project.ts";

/**
 * What holds when nothing is under way: the store is whole and ends with CURRENT, apps have just what it says, its
 * logins and no others may log in, the log is as it was written, and there is nothing to be done.
 */
export async function checkSettledStack(stack: StackProject): Promise<void> {
  await stack.must("secrets", "verify");
  await stack.must("audit", "verify");
  const host = { ...systemHost(), env: { ...process.env, ...stack.env } };
  const project = await loadProject(host, join(stack.folder, "soloflow.toml"));
  using store = readStore(project.paths.database);
  expect(openRotations(store).filter(isUnderWay)).toEqual([]);
  const { version, secrets } = await currentSecrets({ host, project });
  expect((await versionsPresent(storePlace(host, project))).at(-1)).toBe(version);
  const [pepper, login] = [secrets.API_KEY_PEPPER, secrets.DATABASE_URL];
  if (pepper?.kind !== "pepper" || login?.kind !== "database") throw new Error("the store lacks a secret");
  for (const app of ["gateway", "provider"])
    expect(await peppers(stack, app)).toEqual([pepper.versions.map(({ value }) => value)]);
  expect(await openRoles(stack)).toEqual(login.versions.map(({ value }) => value.role).toSorted());
  expect((await stack.agent("plan")).stdout).toContain("nothing to do");
}

/** The values that each running container of the service accepts. */
async function peppers(stack: StackProject, service: string): Promise<string[][]> {
  const ids = await containerIds(stack.name, `label=dev.soloflow.service=${service}`, "status=running");
  const texts = ids.map((id) => docker("exec", id, "cat", "/run/secrets/API_KEY_PEPPER"));
  return (await Promise.all(texts)).map((text) => versionsIn(text).map(({ value }) => value));
}

/** Logins of the apps that are not closed, sorted. */
export async function openRoles(stack: StackProject): Promise<string[]> {
  const sql = "select rolname from pg_roles where rolcanlogin and rolname like 'soloflow%' order by 1";
  const text = await docker("exec", `${stack.name}-db`, "psql", "-U", "postgres", "-Atc", sql);
  return text.trim().split("\n");
}
