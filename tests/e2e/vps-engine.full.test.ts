import { expect, test } from "bun:test";
import type { Vps } from "../support/vps/vps.ts";
import { AGENT, answer, freezeIn, inShop, property, shopVps, writeFile } from "../support/vps/vps-shop.ts";
import { waitFor } from "../support/wait-for.ts";

const UNIT = "soloflow-agent@shop.service";
/** How long an engine that is back is only watched. */
const SETTLE_MS = 60_000;

async function installedShop(): Promise<Vps> {
  const server = await shopVps();
  await inShop(server, "deploy --yes");
  await inShop(server, "install --yes");
  return server;
}

/** The agent that runs, and when each container began: the same text means that nobody ended any of them. */
async function lives(server: Vps): Promise<string> {
  const ids = (await server.must(["docker", "ps", "--quiet"])).trim().split("\n").sort();
  const format = "{{.Name}} {{.State.StartedAt}} {{.RestartCount}}";
  return server.must(["docker", "inspect", "--format", format, ...ids]);
}

const agentPid = (server: Vps) => property(server, UNIT, "MainPID");

async function untilReady(server: Vps): Promise<void> {
  await waitFor(
    "all is ready and watched",
    async () => {
      if ((await answer(server)) !== "version 1, secret 43") return false;
      const { services, watchdog } = JSON.parse(await inShop(server, "status --json", AGENT));
      return watchdog.running && services.every(({ state }: { state: string }) => state === "ready");
    },
    60_000,
  );
}

/** What is said to have had an incident. */
async function incidents(server: Vps): Promise<string[]> {
  const { incidents } = JSON.parse(await inShop(server, "incidents --json", AGENT));
  return incidents.map(({ service }: { service: string }) => service);
}

test("an engine that is restarted takes its containers down and up; the agent stays, sees both, and restarts nothing", async () => {
  await using server = await installedShop();
  await untilReady(server);
  const before = await agentPid(server);
  await server.must(["systemctl", "restart", "docker"]);
  await untilReady(server);
  expect(await agentPid(server)).toBe(before);
  // Long enough for whatever might have been decided meanwhile.
  await Bun.sleep(15_000);
  expect(await lives(server)).not.toMatch(/ [1-9]\d*$/m);
  expect(await incidents(server)).toEqual([]);
}, 600_000);

test("with live-restore neither a restart of the engine nor a minute without its answer ends a container or the agent", async () => {
  await using server = await installedShop();
  await writeFile(server, "/etc/docker/daemon.json", '{ "live-restore": true }\n');
  await server.must(["systemctl", "reload", "docker"]);
  await untilReady(server);
  const before = [await agentPid(server), await lives(server)];

  await server.must(["systemctl", "restart", "docker"]);
  await untilReady(server);
  expect([await agentPid(server), await lives(server)]).toEqual(before);

  await server.must(["systemctl", "kill", "--signal=SIGSTOP", "--kill-who=main", "docker"]);
  await Bun.sleep(75_000);
  expect(await property(server, UNIT, "NRestarts")).toBe("0");
  await server.must(["systemctl", "kill", "--signal=SIGCONT", "--kill-who=main", "docker"]);
  await untilReady(server);
  expect([await agentPid(server), await lives(server)]).toEqual(before);
  expect(await incidents(server)).toEqual(["docker engine"]);
}, 600_000);

test("a hang after the engine's return is mended, once that was watched for a minute", async () => {
  await using server = await installedShop();
  await untilReady(server);
  const said = (words: string) => async () =>
    (await server.must(["journalctl", "--unit", UNIT, "--no-pager", "--output", "cat"])).includes(words);
  await server.must(["systemctl", "stop", "docker.socket", "docker.service"]);
  await waitFor("that is seen", said("the docker engine does not answer"), 30_000);

  const returned = performance.now();
  await server.must(["systemctl", "start", "docker.socket", "docker.service"]);
  await waitFor("it serves", async () => (await answer(server)) === "version 1, secret 43", 30_000);
  const before = await lives(server);
  await freezeIn(server, "shop-app-blue-1");
  await waitFor("the hang is seen", said("app unhealthy"), 30_000);
  expect(await lives(server)).toBe(before);
  await waitFor("it is mended", said("restart of app-blue done"), SETTLE_MS + 30_000);
  expect(performance.now() - returned).toBeGreaterThan(SETTLE_MS);
  await untilReady(server);
  expect((await incidents(server)).sort()).toEqual(["app", "docker engine"]);
}, 600_000);
