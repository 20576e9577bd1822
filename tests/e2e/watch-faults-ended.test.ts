import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Ward, ward } from "../support/patients.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

let project: Ward;

beforeAll(async () => {
  project = await ward(
    {
      killed: {},
      alone: { compose: { restart: "no" } },
      hungry: { compose: { mem_limit: "128m", memswap_limit: "128m" } },
    },
    { watchdog: 'spacing = "1s"\ncalm = "4s"' },
  );
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const revivals = async (service: string) => Number(await project.inspect(service, "{{.RestartCount}}"));
const policy = (service: string) => project.inspect(service, "{{.HostConfig.RestartPolicy.Name}}");

test("a process that is killed is revived by docker alone; it is counted and measured, and the incident says what customers lost", async () => {
  await using watching = await startWatching(project);
  await watching.phase("killed", "ready");
  await project.signal("killed", "SIGKILL");
  await waitFor("docker revives it", async () => (await revivals("killed")) === 1);
  await watching.phase("killed", "ready");
  const [incident] = await waitFor("its incident", async () => {
    const found = await project.incidents("killed");
    return found.length > 0 && found;
  });
  expect(incident?.cause).toContain("137");
  expect(incident?.evidence?.exitCode).toBe(137);
  const { services } = JSON.parse((await project.must("timings", "--json")).stdout);
  const { samples } = services.find(({ name }: { name: string }) => name === "killed");
  expect(samples.map(({ cause }: { cause: string }) => cause)).toContain("docker");
  expect(await revivals("killed")).toBe(1);
  expect((await watching.state())?.services.killed?.restarts15m).toBe(0);
}, 60_000);

test("a process that is killed and that docker leaves so is started by the watchdog", async () => {
  await using watching = await startWatching(project);
  await watching.phase("alone", "ready");
  const before = await project.life("alone");
  await project.signal("alone", "SIGKILL");
  await waitFor("a new life", async () => (await project.life("alone")) !== before, 20_000);
  await watching.phase("alone", "ready");
  const [incident] = await project.incidents("alone");
  expect(incident?.remedy).toBe("start");
}, 60_000);

test("a process that needs more memory than its limit: the alert names the limit, the second time opens the circuit, docker's restarts come back with its close", async () => {
  await using watching = await startWatching(project);
  await watching.phase("hungry", "ready");
  expect(await policy("hungry")).toBe("unless-stopped");
  for (const kills of [1, 2]) {
    project.be("hungry", "eat");
    await waitFor("it is killed and revived", async () => (await revivals("hungry")) === kills, 20_000);
    if (kills === 1) {
      await watching.phase("hungry", "ready");
      expect(watching.said()).toContain("its limit of 128 MiB");
      expect(await project.phases("hungry")).not.toContain("open");
    }
  }
  await waitFor("the circuit is open", async () => (await project.phases("hungry")).includes("open"));
  await waitFor("docker's own restarts are ended", async () => (await policy("hungry")) === "no");
  const [incident] = await project.incidents("hungry");
  expect(incident?.evidence).toMatchObject({ oomKilled: true });
  await watching.phase("hungry", "ready");
  await waitFor(
    "docker may restart it again",
    async () => (await policy("hungry")) === "unless-stopped",
    30_000,
  );
}, 120_000);
