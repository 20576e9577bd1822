import { expect, test } from "bun:test";
import { newAccount, ProviderApi } from "../support/provider-api.ts";
import { asStackProject } from "../support/stack-project.ts";
import { testProject } from "../support/test-project.ts";

test("from an empty folder and the executable alone to a key that passes: init, setup, deploy", async () => {
  await using empty = await testProject();
  await empty.must("init");
  const again = await empty.must("init");
  expect(again.stderr).toContain("there already");
  const stack = await asStackProject(empty);
  await stack.must("setup", "--yes");
  await stack.must("deploy");

  const api = new ProviderApi(stack.provider);
  expect((await api.signUp(newAccount())).status).toBe(200);
  const { key } = await api.makeKey("x", "test");
  const answer = await fetch(`${stack.gateway}/api/v1/service-1/test`, { headers: { "X-API-Key": key } });
  expect(answer.status).toBe(200);
  expect((await stack.agent("plan")).code).toBe(0);
}, 300_000);
