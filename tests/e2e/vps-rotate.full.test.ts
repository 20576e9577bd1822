import { expect, test } from "bun:test";
import type { Vps } from "../support/vps/vps.ts";
import { AGENT, answer, inShop, property, shopVps, writeFile } from "../support/vps/vps-shop.ts";
import { waitFor } from "../support/wait-for.ts";

const UNIT = "soloflow-agent@shop.service";
const ROTATE = "soloflow-agent-rotate@shop.service";
const TIMER = "soloflow-agent-rotate@shop.timer";
const TAKEN = "/var/lib/soloflow/shop/rotation-schedule.json";

/** A secret that is always due; a window from midnight to midnight is always open. */
const toml = (between: string) => `project = "shop"
[service.app]
ready = { http = ":8080/", within = "30s" }
live = { http = ":8080/" }
[secret.TOKEN]
kind = "generated"
for = ["app"]
every = "1s"
[rotation]
between = "${between}"
[alerts]
command = ["sh", "-c", "cat >>/var/lib/soloflow/told"]
`;

/** Who has two values of the secret answers another length. */
const expanded = async (server: Vps) => /^version 1, secret (?!43$)\d+$/.test(await answer(server));

async function lines(server: Vps, unit: string, words: string): Promise<number> {
  const log = await server.must(["journalctl", "--unit", unit, "--no-pager", "--output", "cat"]);
  return log.split("\n").filter((line) => line.includes(words)).length;
}

test("the installed watchdog has what is due rotated by a unit of its own, once in a window, and tells of one that failed", async () => {
  await using server = await shopVps();
  await writeFile(server, "/srv/shop/soloflow.toml", toml("00:00-00:00"));
  await inShop(server, "deploy --yes");
  expect(await answer(server)).toBe("version 1, secret 43");
  await inShop(server, "install --yes");
  const pid = await property(server, UNIT, "MainPID");
  await waitFor("the new value issues beside the old one", () => expanded(server), 180_000);
  await waitFor(
    "the rotation has ended",
    async () => (await property(server, ROTATE, "ActiveState")) === "inactive",
    120_000,
  );
  expect(await property(server, ROTATE, "Result")).toBe("success");
  expect(await lines(server, ROTATE, '"result": "rotated"')).toBe(1);
  await server.must(["systemd-analyze", "security", "--no-pager", "--threshold=25", ROTATE]);
  await server.must(["systemd-analyze", "security", "--no-pager", "--threshold=20", UNIT]);

  // Another watchdog in the same window starts no second one.
  await server.must(["systemctl", "restart", UNIT]);
  await waitFor("it watches", async () => (await lines(server, UNIT, "watching")) === 2, 30_000);
  expect(await property(server, UNIT, "MainPID")).not.toBe(pid);

  // Without its soloflow.toml the next turn fails: somebody is told, once.
  await server.must(["sh", "-c", `mv /srv/shop/soloflow.toml /root/ && rm ${TAKEN}`]);
  await server.must(["systemctl", "restart", UNIT]);
  const told = async () => (await server.exec(["cat", "/var/lib/soloflow/told"])).stdout;
  await waitFor("somebody is told", async () => (await told()).includes("needs you"), 150_000);
  expect(await told()).toContain("the scheduled rotation failed: there is no /srv/shop/soloflow.toml");
  expect((await told()).split("the scheduled rotation failed").length).toBe(2);
  expect(await lines(server, UNIT, "it is time")).toBe(2);
}, 900_000);

test("install --timer rotates without a watchdog, and uninstall takes it back", async () => {
  await using server = await shopVps();
  await writeFile(server, "/srv/shop/soloflow.toml", toml("00:00-00:00"));
  await inShop(server, "deploy --yes");
  await inShop(server, "install --yes --timer");
  expect(await property(server, TIMER, "ActiveState")).toBe("active");
  expect(await property(server, UNIT, "ActiveState")).toBe("inactive");
  expect(JSON.parse(await inShop(server, "install --timer --json"))).toMatchObject({ result: "unchanged" });
  await server.must(["systemctl", "start", ROTATE], { timeoutMs: 180_000 });
  expect(await expanded(server)).toBe(true);
  // It is not time twice in a window.
  await server.must(["systemctl", "start", ROTATE], { timeoutMs: 180_000 });
  expect(await lines(server, ROTATE, '"result": "rotated"')).toBe(1);

  await inShop(server, "install --yes", AGENT);
  expect(await property(server, TIMER, "ActiveState")).toBe("inactive");
  expect(await property(server, UNIT, "ActiveState")).toBe("active");
  await inShop(server, "install --yes --timer", AGENT);
  expect(await property(server, UNIT, "ActiveState")).toBe("inactive");
  await inShop(server, "uninstall --yes");
  const left = "ls -R /etc/systemd/system /etc/tmpfiles.d /usr/local/bin; getent group soloflow";
  expect((await server.exec(["sh", "-c", left])).stdout).not.toContain("soloflow");
  expect(await answer(server)).toContain("version 1");
}, 900_000);

test("a rotation that a power cut ended is taken back by the watchdog, although it is not the time for one", async () => {
  await using server = await shopVps();
  const hour = String((new Date().getUTCHours() + 12) % 24).padStart(2, "0");
  await writeFile(server, "/srv/shop/soloflow.toml", toml(`${hour}:00-${hour}:30`));
  await inShop(server, "deploy --yes");
  await inShop(server, "install --yes");
  // Until the second copy has the new values; nothing is committed yet.
  await server.must([
    ...["sh", "-c"],
    `cd /srv/shop && ${AGENT} rotate-secrets TOKEN --yes >/var/tmp/said 2>&1 & pid=$!
     until [ "$(docker ps --quiet | wc -l)" -gt 3 ] || ! kill -0 $pid; do sleep 0.02; done; kill -KILL $pid`,
  ]);
  await server.powerCut();
  const settled = async () => (await lines(server, ROTATE, "was interrupted")) > 0;
  await waitFor("the watchdog has it taken back", settled, 180_000);
  const ended = async () => (await property(server, ROTATE, "ActiveState")) === "inactive";
  await waitFor("that has ended", ended, 120_000);
  expect(await property(server, ROTATE, "Result")).toBe("success");
  await waitFor(
    "the old value serves",
    async () => (await answer(server)) === "version 1, secret 43",
    60_000,
  );
  expect(await inShop(server, "secrets list", AGENT)).not.toContain("interrupted");
  expect((await server.exec(["cat", "/var/lib/soloflow/told"])).stdout).not.toContain("needs you");
}, 900_000);
