import { expect, test } from "bun:test";
import { type Recorded, recorded } from "../support/killed-watchdog.ts";
import { tempFolder } from "../support/temp-folder.ts";
import type { Vps } from "../support/vps/vps.ts";
import { AGENT, answer, inShop, shopVps, writeFile } from "../support/vps/vps-shop.ts";
import { waitFor } from "../support/wait-for.ts";

const UNIT = "soloflow-agent@shop.service";
const SERVES = "version 1, secret 43";

/** Both take so long that the power goes within: the app to be ready, the desk to be stopped. */
const COMPOSE = `services:
  app:
    image: sft-tiny
    init: true
    user: "10001:10001"
    command: ["sh", "-c", "mkdir -p /tmp/w && echo ${SERVES} >/tmp/w/index.html && sleep 4 && exec httpd -f -p 8080 -h /tmp/w"]
    tmpfs: ["/tmp:mode=1777"]
    ports: ["8080:8080"]
    restart: unless-stopped
  desk:
    image: sft-tiny
    init: true
    command: ["sh", "-c", "mkdir -p /tmp/w && echo desk >/tmp/w/index.html; trap 'sleep 9' TERM; httpd -f -p 8081 -h /tmp/w & wait"]
    tmpfs: ["/tmp:mode=1777"]
    restart: unless-stopped
`;

const TOML = `project = "shop"
[service.app]
ready = { http = ":8080/", within = "30s" }
live = { http = ":8080/" }
[service.desk]
deploy = "replace"
ready = { http = ":8081/" }
live = { http = ":8081/" }
`;

async function installedShop(): Promise<Vps> {
  const server = await shopVps();
  await writeFile(server, "/srv/shop/soloflow.toml", TOML);
  await writeFile(server, "/srv/shop/compose.yaml", COMPOSE);
  await inShop(server, "deploy --yes");
  await inShop(server, "install --yes");
  await untilReady(server);
  return server;
}

async function untilReady(server: Vps): Promise<void> {
  const isReady = async () => {
    if ((await answer(server)) !== SERVES) return false;
    const { services, watchdog } = JSON.parse(await inShop(server, "status --json", AGENT));
    return watchdog.running && services.every(({ state }: { state: string }) => state === "ready");
  };
  await waitFor("all is ready and watched", isReady, 60_000);
}

const names = async (server: Vps) =>
  (await server.must(["docker", "ps", "--all", "--format", "{{.Names}}"])).trim().split("\n").sort();

/** What stands in the state of the machine's agent, which must not write meanwhile. */
async function recordOf(server: Vps, service: string): Promise<Recorded> {
  using folder = tempFolder();
  await server.copyOut("/var/lib/soloflow", folder.at("state"));
  return recorded({ name: "shop", env: { SOLOFLOW_STATE_DIR: folder.at("state") } }, service);
}

type Incident = { service: string; closedAt: string | null };

async function incidents(server: Vps): Promise<Incident[]> {
  return JSON.parse(await inShop(server, "incidents --json", AGENT)).incidents;
}

/** The other colour is made, and not ready yet. */
const isReplaced = async (server: Vps) => (await names(server)).includes("shop-app-green-1");

/** The engine was asked to stop it, and waits for its end. */
async function isStopped(server: Vps): Promise<boolean> {
  const line = "docker events --since 1m --until 0s --filter event=kill --filter container=shop-desk-1";
  return (await server.must(line.split(" "))) !== "";
}

test.each([
  ["app", 8080, isReplaced],
  ["desk", 8081, isStopped],
])(
  "a power cut while %s is being restarted: all serves again, no restart is forgotten, and it is one incident",
  async (service, port, isUnderWay) => {
    await using server = await installedShop();
    const before = await names(server);
    await server.must(["pkill", "-STOP", "-f", `^httpd -f -p ${port} `]);
    await waitFor("it is being restarted", () => isUnderWay(server), 30_000);
    await server.powerCut(async () => {
      expect(await recordOf(server, service)).toMatchObject({
        ...{ counted: 1, acts: 1, unfinished: 1, begun: 0, open: 1, incidents: 1 },
      });
    });

    await untilReady(server);
    await waitFor(
      "the incident is over",
      async () => (await incidents(server))[0]?.closedAt !== null,
      60_000,
    );
    expect((await incidents(server)).map((each) => each.service)).toEqual([service]);
    expect(await names(server)).toEqual(before);
    expect(await answer(server)).toBe(SERVES);
    await server.must(["systemctl", "stop", UNIT]);
    const after = await recordOf(server, service);
    expect(after).toMatchObject({ done: 1, acts: 0, unfinished: 0, leases: 0, open: 0, incidents: 1 });
    // Where Docker kept what was being stopped stopped, the restart that the cut ended has failed, and another one is made.
    expect(after.begun).toBeLessThanOrEqual(2);
    expect(after.counted).toBe(after.begun);
  },
  600_000,
);
