import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { startLoad } from "../support/load.ts";
import { testProject, version, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";

test("a project goes from nothing to serving, and a second deploy finds nothing to do", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  expect((await project.agent("plan")).code).toBe(10);
  await project.must("deploy");
  expect(await version(project)).toBe("1");
  const id = await project.inspect("app-blue", "{{.Id}}");
  const again = await project.must("deploy", "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ schema: 1, result: "unchanged", release: "r1" });
  expect(await project.inspect("app-blue", "{{.Id}}")).toBe(id);
  expect((await project.agent("plan")).code).toBe(0);
});

test("a changed service switches colour under load without losing a request", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  const load = startLoad(project.url, { perSecond: 100 });
  for (const next of ["2", "3"]) {
    writeApp(project, { VERSION: next });
    await project.must("deploy");
    expect(await version(project)).toBe(next);
  }
  const seen = await load.stop();
  expect(seen.failures).toEqual([]);
  expect(await project.containers()).toEqual(["app-blue-1", "ingress-1"]);
});

test("only the ingress publishes ports, and it runs without root and without capabilities", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  expect(await project.inspect("app-blue", "{{json .NetworkSettings.Ports}}")).not.toContain("HostPort");
  const ingress = await project.inspect(
    "ingress",
    "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}",
  );
  expect(ingress).toBe("10004:10004 true [ALL]");
});

test("a version that never becomes ready is put back with its diagnosis: exit 3, nobody noticed", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  const before = await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}");
  const load = startLoad(project.url, { perSecond: 100 });
  writeApp(project, { VERSION: "2", READY: "never" }, { within: "2s" });
  const failed = await project.agent("deploy", "--json");
  const seen = await load.stop();
  expect(failed.code).toBe(3);
  expect(JSON.parse(failed.stdout)).toMatchObject({ result: "rolled-back" });
  for (const part of ["status 503: waiting for something", '"msg":"listening"', "put back"])
    expect(failed.stderr).toContain(part);
  expect(seen.failures).toEqual([]);
  expect(await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}")).toBe(before);
  expect(await project.containers()).toEqual(["app-blue-1", "ingress-1"]);
});

test("a version that crashes is given up before its time is over", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  writeApp(project, { VERSION: "2", BOOT_MS: "x" });
  project.write("app/server.ts", 'console.log("no configuration"); process.exit(7);');
  const failed = await project.agent("deploy");
  expect(failed.code).toBe(3);
  for (const part of ["it crashed", "exit code: 7", "no configuration"])
    expect(failed.stderr).toContain(part);
  expect(await version(project)).toBe("1");
});

test("a service that is replaced comes back as it was when its new version fails", async () => {
  await using project = await testProject();
  const worker = (command: string) => `  worker:
    image: ${project.name}/app
    command: ["bun", "-e", ${JSON.stringify(command)}]
    healthcheck: { test: ["CMD", "test", "-e", "/tmp/good"], interval: 1s, start_period: 30s, start_interval: 1s }
    tmpfs: ["/tmp:mode=1777"]
`;
  const idle = 'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000)';
  const good = `await Bun.write("/tmp/good", ""); ${idle}`;
  const toml = '[service.worker]\nready = { exec = ["test", "-e", "/tmp/good"], within = "3s" }\n';
  writeApp(project, { VERSION: "1" }, { more: worker(good), toml });
  await project.must("deploy");
  writeApp(project, { VERSION: "2" }, { more: worker(idle), toml });
  const failed = await project.agent("deploy");
  expect(failed.code).toBe(3);
  expect(await project.inspect("worker", '{{join .Config.Cmd " "}}')).toContain("/tmp/good");
  expect(await project.inspect("worker", "{{.State.Status}}")).toBe("running");
  expect(await version(project)).toBe("1");
});

test("a build that fails leaves the old stack serving and nothing behind", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  project.write("app/Dockerfile", "FROM soloflow/bun\nRUN exit 9\n");
  const failed = await project.agent("deploy");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("Dockerfile:2");
  expect(await version(project)).toBe("1");
  expect(await project.containers()).toEqual(["app-blue-1", "ingress-1"]);
});

test("a taken port is named with who has it before anything is touched", async () => {
  await using project = await testProject();
  const server = createServer().listen(project.port, "127.0.0.1");
  try {
    await waitFor("the port is taken", () => server.listening);
    writeApp(project, { VERSION: "1" });
    const failed = await project.agent("deploy");
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(String(project.port));
    expect(failed.stderr).toContain(String(process.pid));
    expect(await project.containers()).toEqual([]);
  } finally {
    server.close();
  }
});

test("a second operation is refused and told who holds the lock; --wait waits for it", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1", BOOT_MS: "3000" });
  const first = await project.start("deploy");
  await waitFor("the first deploy has begun", async () => (await project.containers()).length > 0, 60_000);
  const second = await project.agent("deploy");
  expect(second.code).toBe(5);
  expect(second.stderr).toContain(`process ${first.pid}`);
  const third = await project.must("deploy", "--wait", "1m", "--json");
  expect(JSON.parse(third.stdout)).toMatchObject({ result: "unchanged" });
  expect(await first.exited).toBe(0);
});

test("Ctrl-C puts everything back and says so", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  writeApp(project, { VERSION: "2", BOOT_MS: "30000" });
  const child = await project.start("deploy");
  await waitFor(
    "green has started",
    async () => (await project.inspect("app-green", "{{.State.Status}}")) === "running",
    60_000,
  );
  child.kill("SIGINT");
  expect(await child.exited).toBe(3);
  expect(await child.stderr.text()).toContain("put back");
  expect(await project.containers()).toEqual(["app-blue-1", "ingress-1"]);
  expect(await version(project)).toBe("1");
});

test("status tells who serves, and history what was released", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  const status = JSON.parse((await project.must("status", "--json")).stdout);
  expect(status).toMatchObject({
    schema: 1,
    project: project.name,
    release: "r1",
    engine: { reachable: true },
  });
  const app = status.services.find((service: { name: string }) => service.name === "app");
  expect(app).toMatchObject({ state: "ready", container: `${project.name}-app-blue-1`, restarts: 0 });
  expect(app.instances).toEqual([
    { container: `${project.name}-app-blue-1`, colour: "blue", role: "serving" },
  ]);
  const history = JSON.parse((await project.must("history", "--json")).stdout);
  expect(history.releases).toMatchObject([{ id: "r1", result: "deployed" }]);
  const timings = JSON.parse((await project.must("timings", "--json")).stdout);
  expect(timings.services.map((service: { name: string }) => service.name)).toEqual(["app", "ingress"]);
});

test("down removes the containers and keeps the data; with --volumes the data goes too", async () => {
  await using project = await testProject();
  writeApp(
    project,
    { VERSION: "1" },
    { more: "    volumes: [data:/data]\nvolumes: { data: {} }\n", toml: 'deploy = "replace"\n' },
  );
  await project.must("deploy");
  await project.must("down");
  expect(await project.containers()).toEqual([]);
  await project.must("deploy");
  expect((await project.agent("down", "--volumes")).code).toBe(2);
  expect(await project.containers()).not.toEqual([]);
  await project.must("down", "--volumes", "--yes");
  expect(await project.containers()).toEqual([]);
});
