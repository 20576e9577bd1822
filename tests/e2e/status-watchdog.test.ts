import { expect, test } from "bun:test";
import { join } from "node:path";
import { serveUnix } from "../../agent/host/unix-server.ts";
import { binary } from "../support/binary.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";

const SINCE = "2026-01-02T03:00:00.000Z";

/** Stands for a watchdog; `phases` may change under it. */
function watchdog(project: TestProject, phases: Record<string, string>): Promise<Disposable> {
  const socket = join(project.env.SOLOFLOW_RUN_DIR ?? "", project.name, "watch.sock");
  const told = (phase: string) => ({
    phase,
    cause: "no answer within 1 s",
    since: SINCE,
    restarts15m: 0,
    nextTryAt: null,
  });
  return serveUnix(socket, {
    "/state": () => ({
      ...{ schema: 1, pid: 4711, since: SINCE, fault: null },
      services: Object.fromEntries(Object.entries(phases).map(([name, phase]) => [name, told(phase)])),
    }),
  });
}

const models = (project: TestProject) =>
  Bun.file(join(project.env.SOLOFLOW_STATE_DIR ?? "", project.name, "model.json")).json();

test("status has the words of a running watchdog, live with --watch, and its settings need a deploy but no container", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  await project.must("deploy");
  const without = JSON.parse((await project.must("status", "--json")).stdout);
  expect(without.watchdog).toEqual({ running: false, pid: null, since: null, fault: null });
  expect((await project.must("status")).stdout).toContain("no watchdog runs");

  // What the watchdog says holds, also where a look of its own would find the service well.
  const phases = { app: "suspect", ingress: "ready" };
  using _watchdog = await watchdog(project, phases);
  const found = JSON.parse((await project.must("status", "--json")).stdout);
  expect(found.watchdog).toEqual({ running: true, pid: 4711, since: SINCE, fault: null });
  const states = found.services.map(({ name, state }: Record<string, string>) => [name, state]);
  expect(states).toEqual([
    ["app", "suspect"],
    ["ingress", "ready"],
  ]);
  expect((await project.must("status")).stdout).toMatch(/app suspect for .*: no answer within 1 s/);

  // Without a terminal: a line for each change, until Ctrl-C, which is no failure.
  const lines = await project.start("status", "--watch");
  let told = "";
  const reading = (async () => {
    for await (const chunk of lines.stdout) told += Buffer.from(chunk).toString();
  })();
  await waitFor("the first lines", async () => told.includes("suspect"));
  phases.app = "unhealthy";
  await waitFor("the change", async () => told.includes("suspect → unhealthy"));
  lines.kill("SIGINT");
  expect(await lines.exited).toBe(0);
  await reading;

  // A setting of the watchdog alone: written beside the model, and no container is touched.
  const before = await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}");
  writeApp(project, { VERSION: "1" }, { toml: 'watch = "report"\n[watchdog]\nevery = "7s"\n' });
  const plan = await project.agent("plan");
  expect([plan.code, plan.stdout]).toEqual([10, expect.stringContaining("watchdog: ")]);
  const again = JSON.parse((await project.must("deploy", "--json")).stdout);
  expect(again.result).toBe("unchanged");
  expect(await project.inspect("app-blue", "{{.Id}} {{.State.StartedAt}}")).toBe(before);
  const { units, watch } = (await models(project))["x-soloflow"];
  expect(watch.everyMs).toBe(7_000);
  expect(units.find(({ service }: { service: string }) => service === "app").watch).toBe("report");
  expect((await project.agent("plan")).code).toBe(0);
}, 180_000);

test("status --watch on a real terminal shows what is there, and leaves the terminal as it was", async () => {
  await using project = await testProject();
  writeApp(project, { VERSION: "1" });
  // `script` makes a terminal; the agent in it gets Ctrl-C as a terminal sends it, and no shell beside it does.
  const command = `exec ${await binary()} status --watch`;
  const child = Bun.spawn(["script", "-qec", command, "/dev/null"], {
    cwd: project.folder,
    env: { ...process.env, ...project.env, TERM: "xterm" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  let drawn = "";
  const reading = (async () => {
    for await (const chunk of child.stdout) drawn += Buffer.from(chunk).toString();
  })();
  await waitFor("a picture", async () => drawn.includes("nothing is deployed yet"));
  child.stdin.write("\u0003");
  await child.stdin.flush();
  expect(await child.exited).toBe(0);
  await reading;
  expect(drawn.indexOf("\u001b[?1049h")).toBeGreaterThanOrEqual(0);
  expect(drawn.trimEnd()).toEndWith("\u001b[?25h\u001b[?1049l");
}, 60_000);
