import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { docker } from "../support/sandbox.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";

async function deployed(project: TestProject): Promise<{ result: string; release: string }> {
  return JSON.parse((await project.must("deploy", "--json")).stdout);
}

/** As a deploy leaves it that is killed before its end. */
function cutOff(project: TestProject, release: number): void {
  using state = new Database(join(project.env.SOLOFLOW_STATE_DIR ?? "", project.name, "state.db"));
  state.run("UPDATE release SET result = NULL, ended_at = NULL WHERE number = ?", [release]);
}

test("what nobody has seen ready is looked at and becomes a release, without touching a container", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  expect(await deployed(project)).toMatchObject({ result: "deployed", release: "r1" });
  const container = await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}");
  writeApp(project, { VERSION: "1" }, { within: "50s" });
  const plan = await project.agent("plan");
  expect(plan.code).toBe(10);
  expect(plan.stdout).toContain("look at app");
  expect(await deployed(project)).toMatchObject({ result: "deployed", release: "r2" });
  expect((await project.agent("plan")).code).toBe(0);
  cutOff(project, 2);
  expect(await deployed(project)).toMatchObject({ result: "deployed", release: "r3" });
  expect(await deployed(project)).toMatchObject({ result: "unchanged", release: "r3" });
  expect(await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}")).toBe(container);
}, 60_000);

test("secrets that are gone from memory are delivered again, and a service that is gone is forgotten", async () => {
  await using project = await testProject();
  const toml = '[secret.COOKIE_KEY]\nkind = "generated"\nfor = ["app"]\n';
  const worker = `  worker:
    image: ${project.name}/app
    healthcheck: { test: ["CMD", "true"], interval: 1s, start_period: 10s, start_interval: 1s }
`;
  writeApp(project, { VERSION: "1" }, { toml, more: worker });
  await project.must("deploy");
  const delivered = JSON.parse(await project.inspect("app-blue", "{{json .Mounts}}")).find(
    ({ Destination }: { Destination: string }) => Destination === "/run/secrets",
  ).Source;
  rmSync(join(project.env.SOLOFLOW_RUN_DIR ?? "", project.name), { recursive: true });
  expect(await deployed(project)).toMatchObject({ result: "unchanged", release: "r1" });
  expect(existsSync(join(delivered, "COOKIE_KEY"))).toBe(true);
  writeApp(project, { VERSION: "1" }, { toml });
  await docker("rm", "-f", await project.inspect("worker", "{{.Id}}"));
  expect(await deployed(project)).toMatchObject({ result: "unchanged" });
  const { services } = JSON.parse((await project.must("status", "--json")).stdout);
  expect(services.map(({ name }: { name: string }) => name).sort()).toEqual(["app", "ingress"]);
}, 60_000);
