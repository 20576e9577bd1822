import { expect, test } from "bun:test";
import { binary } from "../support/binary.ts";
import { Vps } from "../support/vps/vps.ts";
import { AGENT, answer, DOWNLOADED, inShop, property, shopVps, writeFile } from "../support/vps/vps-shop.ts";
import { waitFor } from "../support/wait-for.ts";

const UNIT = "soloflow-agent@shop.service";
const SECRETS = "soloflow-agent-secrets@shop.service";

async function watching(server: Vps): Promise<boolean> {
  const status = await server.exec(["sh", "-c", `cd /srv/shop && ${DOWNLOADED} status --json`]);
  return status.code === 0 && JSON.parse(status.stdout).watchdog.running === true;
}

/** What this user reads on the watchdog's socket; "" where it may not. */
async function metrics(server: Vps, user: string): Promise<string> {
  const script =
    'my $s = IO::Socket::UNIX->new("/run/soloflow/shop/watch.sock") or exit 0; print $s "GET /metrics HTTP/1.0\\r\\n\\r\\n"; print <$s>';
  const perl = ["perl", "-MIO::Socket::UNIX", "-e", script];
  return server.must(["setpriv", `--reuid=${user}`, "--init-groups", "--", ...perl]);
}

/** Ends the agent by this command, and gives the milliseconds until systemd calls another one ready. */
async function backAfter(server: Vps, command: readonly string[]): Promise<number> {
  const before = await property(server, UNIT, "MainPID");
  await server.must(command);
  const since = performance.now();
  await waitFor(
    "another agent is ready",
    async () => {
      const pid = await property(server, UNIT, "MainPID");
      return pid !== "0" && pid !== before && (await property(server, UNIT, "ActiveState")) === "active";
    },
    30_000,
  );
  return performance.now() - since;
}

test("install makes systemd watch the project, keeps it watched whatever happens to the agent, and uninstall takes all back but data", async () => {
  await using server = await shopVps();
  await inShop(server, "deploy --yes");

  const asked = await server.exec(["sh", "-c", `cd /srv/shop && ${DOWNLOADED} install`]);
  expect(asked).toMatchObject({ code: 2 });
  expect(asked.stdout).toContain(`start ${UNIT}`);
  expect((await server.exec(["ls", AGENT])).code).not.toBe(0);

  expect(JSON.parse(await inShop(server, "install --yes --json"))).toMatchObject({ result: "installed" });
  expect(await property(server, UNIT, "ActiveState")).toBe("active");
  expect(await watching(server)).toBe(true);
  expect(JSON.parse(await inShop(server, "install --json"))).toMatchObject({
    result: "unchanged",
    steps: [],
  });
  for (const unit of [UNIT, SECRETS])
    await server.must(["systemd-analyze", "security", "--no-pager", "--threshold=20", unit]);
  expect(await property(server, "docker.service", "Requires")).not.toContain("soloflow");

  // Told to members of the group and to nobody else, in journald's own levels.
  expect(await metrics(server, "soloflow")).toContain("soloflow_");
  expect(await metrics(server, "nobody")).toBe("");
  const said = await server.must(["journalctl", "--unit", UNIT, "--output", "json", "--grep", "^watching"]);
  expect(JSON.parse(said.split("\n")[0] ?? "")).toMatchObject({
    PRIORITY: "6",
    MESSAGE: "watching services=3",
  });

  // Killed: another one within 3 s, and it still knows what a person held.
  await inShop(server, "pause app", AGENT);
  expect(
    await backAfter(server, ["systemctl", "kill", "--signal=SIGKILL", "--kill-who=main", UNIT]),
  ).toBeLessThan(3_000);
  const state = JSON.parse(await inShop(server, "status --json", AGENT));
  expect(state.services.find(({ name }: { name: string }) => name === "app").state).toBe("held");
  await inShop(server, "resume app", AGENT);

  // Stuck: systemd notices, here after 15 s instead of a minute; a reconcile is due every 10 s.
  await writeFile(server, `/etc/systemd/system/${UNIT}.d/short.conf`, "[Service]\nWatchdogSec=15\n");
  await server.must(["sh", "-c", `systemctl daemon-reload && systemctl restart ${UNIT}`]);
  await backAfter(server, ["systemctl", "kill", "--signal=SIGSTOP", "--kill-who=main", UNIT]);
  expect(await server.must(["journalctl", "--unit", UNIT, "--no-pager"])).toContain("Watchdog timeout");
  await server.must(["rm", "-r", `/etc/systemd/system/${UNIT}.d`]);

  const ids = await server.must(["docker", "ps", "--quiet", "--no-trunc"]);
  expect(JSON.parse(await inShop(server, "uninstall --yes --json"))).toMatchObject({ result: "uninstalled" });
  const left =
    "ls /etc/systemd/system /etc/tmpfiles.d /usr/local/bin; getent group soloflow; getent passwd soloflow";
  expect((await server.exec(["sh", "-c", left])).stdout).not.toContain("soloflow");
  expect(await server.must(["docker", "ps", "--quiet", "--no-trunc"])).toBe(ids);
  expect(await answer(server)).toBe("version 1, secret 43");
  expect(await server.must(["ls", "/var/lib/soloflow"])).toBe("shop\n");
  expect(JSON.parse(await inShop(server, "uninstall --json"))).toMatchObject({
    result: "unchanged",
    steps: [],
  });
  expect(JSON.parse(await inShop(server, "deploy --json"))).toMatchObject({ result: "unchanged" });
}, 300_000);

test("where systemd does not run the machine install says what to run instead, and changes nothing", async () => {
  await using server = await Vps.create({ systemd: false });
  await server.copyIn(await binary(), DOWNLOADED);
  const refused = await server.exec([DOWNLOADED, "install", "--yes", "--project", "shop"]);
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("soloflow-agent watch --project shop");
  expect((await server.exec(["ls", "/var/lib/soloflow"])).code).not.toBe(0);
});
