import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { binaryOfVersion } from "../support/binary-of-version.ts";
import type { Vps } from "../support/vps/vps.ts";
import {
  AGENT,
  answer,
  DOWNLOADED,
  inShop,
  property,
  shopVps,
  writeFile,
  writeVersion,
} from "../support/vps/vps-shop.ts";
import { waitFor } from "../support/wait-for.ts";

const UNIT = "soloflow-agent@shop.service";
const SECRETS = "soloflow-agent-secrets@shop.service";
/** From the start of the machine until the stack is ready and watched, milliseconds. */
const BOOT_MS = 30_000;

type Service = { name: string; state: string; digest: string };
type Status = { release: string; services: Service[]; watchdog: { running: boolean } };

async function status(server: Vps): Promise<Status> {
  return JSON.parse(await inShop(server, "status --json", AGENT));
}

const digests = ({ services }: Status) => services.map(({ name, digest }) => `${name} ${digest}`);

const stateOf = async (server: Vps, service: string) =>
  (await status(server)).services.find(({ name }) => name === service)?.state;

/** An installed project of one release. */
async function installedShop(): Promise<Vps> {
  const server = await shopVps();
  await inShop(server, "deploy --yes");
  await inShop(server, "install --yes");
  return server;
}

async function untilServing(server: Vps, version: string): Promise<void> {
  const serves = async () =>
    (await answer(server)) === `version ${version}, secret 43` &&
    (await status(server)).watchdog.running &&
    (await stateOf(server, "app")) === "ready";
  await waitFor(`version ${version} serves and is watched`, serves, BOOT_MS);
}

test("after two deploys a reboot and a power cut end with the second release serving and watched within 30 s, and nobody touched it", async () => {
  await using server = await installedShop();
  await writeVersion(server, "2");
  await inShop(server, "deploy --yes", AGENT);
  await untilServing(server, "2");
  const before = await status(server);

  for (const again of ["reboot", "powerCut"] as const) {
    const since = performance.now();
    await server[again]();
    await untilServing(server, "2");
    const took = performance.now() - since;
    expect(took).toBeLessThan(BOOT_MS);
    console.log(`${again}: ready and watched ${Math.round(took)} ms after it began`);
    expect(await status(server)).toMatchObject({ release: before.release });
    expect(digests(await status(server))).toEqual(digests(before));
  }
}, 600_000);

test("secrets that an agent before this one delivered come back after a boot, once a deploy has looked at them", async () => {
  await using server = await shopVps();
  await inShop(server, "deploy --yes");
  await server.must(["rm", "/var/lib/soloflow/shop/delivered.json"]);
  const told = await server.must(["sh", "-c", `cd /srv/shop && ${DOWNLOADED} install --yes 2>&1`]);
  expect(told).toContain("soloflow-agent deploy");
  expect(await inShop(server, "deploy --json", AGENT)).toContain('"result": "unchanged"');
  expect(await server.must(["sh", "-c", `cd /srv/shop && ${AGENT} install 2>&1`])).not.toContain("deploy");
  await server.powerCut();
  await untilServing(server, "1");
}, 600_000);

test("secrets that could not be written before Docker started keep it from nothing, and the watchdog has them written and starts the rest", async () => {
  await using server = await installedShop();
  const first = "test -e /run/soloflow/once || { touch /run/soloflow/once; exit 1; }";
  const dropIn = `[Service]\nExecStartPre=/bin/sh -c "${first}"\n`;
  await writeFile(server, `/etc/systemd/system/${SECRETS}.d/fails-once.conf`, dropIn);
  await server.powerCut();
  await untilServing(server, "1");
  const log = await server.must(["journalctl", "--boot", "--unit", SECRETS, "--no-pager"]);
  expect(log).toContain("Failed with result");
}, 600_000);

test("an upgrade and the way back keep what the watchdog knows, and start it anew each time", async () => {
  await using server = await shopVps();
  await inShop(server, "deploy --yes");
  const older = await binaryOfVersion("0.0.1");
  try {
    await server.copyIn(older, "/root/older");
  } finally {
    rmSync(dirname(older), { recursive: true });
  }
  await inShop(server, "install --yes", "/root/older");
  expect(await server.must([AGENT, "--version"])).toBe("0.0.1\n");
  await inShop(server, "pause worker", AGENT);

  for (const [program, version] of [
    [DOWNLOADED, (await server.must([DOWNLOADED, "--version"])).trim()],
    ["/root/older", "0.0.1"],
  ] as const) {
    const before = await property(server, UNIT, "MainPID");
    const done = JSON.parse(await inShop(server, "install --yes --json", program));
    expect(done).toMatchObject({ result: "installed" });
    expect((await server.must([AGENT, "--version"])).trim()).toBe(version);
    expect(await property(server, UNIT, "MainPID")).not.toBe(before);
    await untilServing(server, "1");
    expect(await stateOf(server, "worker")).toBe("held");
  }
}, 600_000);

test("an install that is killed in the middle is finished by the next one", async () => {
  await using server = await shopVps();
  await inShop(server, "deploy --yes");
  for (const moment of ["/usr/local/bin/.soloflow-agent", "/etc/tmpfiles.d/soloflow-shop.conf"]) {
    await server.must([
      ...["sh", "-c"],
      `cd /srv/shop && ${DOWNLOADED} install --yes >/dev/null 2>&1 & pid=$!
       while kill -0 $pid 2>/dev/null; do set -- ${moment}*; if [ -e "$1" ]; then kill -KILL $pid; fi; done; true`,
    ]);
  }
  expect(await server.must(["cat", "/var/lib/soloflow/install.json"])).toContain('"pending":true');
  await inShop(server, "install --yes");
  await untilServing(server, "1");
  expect(await inShop(server, "install --json")).toContain('"result": "unchanged"');
  await inShop(server, "uninstall --yes");
  const left = "ls -A /usr/local/bin /etc/tmpfiles.d; getent group soloflow";
  expect((await server.exec(["sh", "-c", left])).stdout).not.toContain("soloflow");
}, 600_000);

test("two projects share the executable and are watched apart; variables that would load foreign code change nothing", async () => {
  await using server = await installedShop();
  await server.must([DOWNLOADED, "install", "--yes", "--project", "blog"]);
  await server.must([
    "systemctl",
    "set-environment",
    "BUN_BE_BUN=1",
    "BUN_OPTIONS=--preload=/x",
    "LD_PRELOAD=/x",
  ]);
  await server.must(["systemctl", "restart", UNIT, "soloflow-agent@blog.service", SECRETS]);
  await untilServing(server, "1");
  expect(await property(server, "soloflow-agent@blog.service", "ActiveState")).toBe("active");

  await inShop(server, "uninstall --yes");
  expect(await property(server, UNIT, "ActiveState")).toBe("inactive");
  expect(await property(server, "soloflow-agent@blog.service", "ActiveState")).toBe("active");
  await server.must([AGENT, "uninstall", "--yes", "--project", "blog"]);
  expect((await server.exec(["ls", AGENT])).code).not.toBe(0);
}, 600_000);
