import { expect, test } from "bun:test";
import { type TestProject, testProject, version, writeApp } from "../support/test-project.ts";

const IDLE = 'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000)';

/** A one-shot that the app waits for; it ends as `code` says. */
function oneShot(project: TestProject, code: string): string {
  return `    depends_on: { migrate: { condition: service_completed_successfully } }
  migrate:
    image: ${project.name}/app
    command: ["bun", "-e", ${JSON.stringify(code)}]
    restart: "no"
`;
}

test("after a one-shot has run, containers are put back and it is named: exit 4", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" }, { more: oneShot(project, 'console.log("one")') });
  await project.must("deploy");
  const before = await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}");
  const more = oneShot(project, 'console.log("two")');
  writeApp(project, { VERSION: "2", READY: "never" }, { more, within: "1s" });
  const failed = await project.agent("deploy", "--json");
  expect(failed.code).toBe(4);
  expect(JSON.parse(failed.stdout)).toMatchObject({ result: "degraded" });
  expect(failed.stderr).toContain("migrate has run and is not undone");
  expect(await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}")).toBe(before);
  expect(await project.containers()).toEqual(["app-blue-1", "ingress-1", "migrate-1"]);
  writeApp(project, { VERSION: "3" }, { more });
  await project.must("deploy");
  expect(await version(project)).toBe("3");
  expect((await project.agent("plan")).code).toBe(0);
}, 60_000);

test("a one-shot that fails stops the deploy with its words; who serves is not touched", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" }, { more: oneShot(project, "") });
  await project.must("deploy");
  const before = await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}");
  const more = oneShot(project, 'console.log("column exists"); process.exit(3)');
  writeApp(project, { VERSION: "2" }, { more });
  const failed = await project.agent("deploy");
  expect(failed.code).toBe(4);
  for (const part of ["migrate: it ended with exit code 3", "column exists", "migrate has run"])
    expect(failed.stderr).toContain(part);
  expect(await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}")).toBe(before);
  expect(await version(project)).toBe("1");
  const again = await project.agent("plan");
  expect(again.code).toBe(10);
  expect(again.stdout).toContain("exit code 3");
}, 60_000);

test("a former version that does not come back either is named, and the next deploy mends it: exit 4", async () => {
  await using project = await testProject();
  const worker = (command: string) => `  worker:
    image: ${project.name}/app
    command: ["bun", "-e", ${JSON.stringify(`${command}; ${IDLE}`)}]
    user: "0:0"
    volumes: ["data:/data"]
    stop_grace_period: 1s
volumes: { data: {} }
`;
  const toml = '[service.worker]\nready = { exec = ["test", "-e", "/tmp/good"], within = "2s" }\n';
  const good = 'if (!(await Bun.file("/data/spoilt").exists())) await Bun.write("/tmp/good", "")';
  writeApp(project, { VERSION: "1" }, { more: worker(good), toml });
  await project.must("deploy");
  writeApp(project, { VERSION: "2" }, { more: worker('await Bun.write("/data/spoilt", "")'), toml });
  const failed = await project.agent("deploy");
  expect(failed.code).toBe(4);
  for (const part of ["worker: not ready within 2 s", "worker: the former version is not ready either"])
    expect(failed.stderr).toContain(part);
  expect(await version(project)).toBe("1");
  writeApp(project, { VERSION: "3" }, { more: worker('await Bun.write("/tmp/good", "")'), toml });
  await project.must("deploy");
  expect(await version(project)).toBe("3");
}, 60_000);
