import { expect, test } from "bun:test";
import { testProject, version, writeApp } from "../support/test-project.ts";

test("a service goes from the ingress to its own port and back; each time who had the port hands it over", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  writeApp(project, { VERSION: "2" }, { toml: 'deploy = "replace"\n' });
  await project.must("deploy");
  expect([await version(project), await project.containers()]).toEqual(["2", ["app-1"]]);
  expect((await project.agent("plan")).code).toBe(0);
  const id = await project.inspect("app", "{{.Id}}");
  writeApp(project, { VERSION: "never" }, { within: "2s" });
  project.write("app/server.ts", "process.exit(7);");
  expect((await project.agent("deploy")).code).toBe(3);
  expect([await version(project), await project.inspect("app", "{{.Id}}")]).toEqual(["2", id]);
  writeApp(project, { VERSION: "3" });
  const plan = await project.agent("plan");
  expect(plan.stdout).toContain(
    "hands its ports over: nobody answers from its stop until the ingress is ready",
  );
  await project.must("deploy");
  expect(await version(project)).toBe("3");
  expect((await project.containers()).filter((name) => name.startsWith("app-1"))).toEqual([]);
  expect((await project.agent("plan")).code).toBe(0);
});
