import { expect, test } from "bun:test";
import { join } from "node:path";
import { caddyAdmin } from "../../agent/host/ingress-admin.ts";
import { goodAnswersOf } from "../../agent/plan/ingress-answers.ts";
import { addressOf } from "../support/ingress-address.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";

const socketOf = ({ env, name }: TestProject) =>
  join(env.SOLOFLOW_STATE_DIR ?? "", name, "ingress/run/admin.sock");

const good = async (project: TestProject) =>
  goodAnswersOf(await caddyAdmin.goodAnswers(socketOf(project)), "app");

test("the ingress tells how many good answers a service gave; bad ones are none", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  expect(await good(project)).toBeUndefined();
  for (const method of ["GET", "POST", "GET"]) await fetch(project.url, { method });
  expect(await good(project)).toBe(3);
  await fetch(`http://${await addressOf(project, "app-blue")}:8080/unready`);
  const bad = await fetch(`${project.url}/health`);
  expect(bad.status).toBe(503);
  expect(await good(project)).toBe(3);
});

test("the ingress answers for itself on its own address, and nowhere that is published", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  const address = await addressOf(project, "ingress");
  const answer = await fetch(`http://${address}:2019/health`, { keepalive: false });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
  expect(await project.inspect("ingress", "{{json .NetworkSettings.Ports}}")).not.toContain("2019");
});

test("an ingress that is not there tells nothing, and that is said", async () => {
  const asked = caddyAdmin.goodAnswers("/nowhere/admin.sock");
  await expect(asked).rejects.toThrow("the ingress does not tell what it has answered");
});
