import { expect, test } from "bun:test";
import { binary } from "../support/binary.ts";
import { Vps } from "../support/vps/vps.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const AGENT = "/usr/local/bin/soloflow-agent";

test("on a bare machine with only the executable, setup ends with a working engine, and the second one has nothing to do", async () => {
  await using server = await Vps.create();
  await server.copyIn(await binary(), AGENT);

  const asked = await server.exec([AGENT, "setup"]);
  expect(asked.code).toBe(2);
  expect(asked.stdout).toContain("install docker.io");
  expect((await server.exec(["which", "dockerd"])).code).toBe(1);

  await server.must([AGENT, "setup", "--yes"], { timeoutMs: 300_000 });
  await server.must(["docker", "info"]);
  expect(await server.must(["systemctl", "is-enabled", "docker"])).toBe("enabled\n");

  const again = JSON.parse(await server.must([AGENT, "setup", "--yes", "--json"]));
  expect(again).toMatchObject({ schema: 1, result: "ready", running: true, steps: [] });
  expect(await server.must(["apt-get", "--simulate", "upgrade"])).not.toContain("Inst ");

  for (const again of [() => server.powerCut(), () => server.reboot()]) {
    const boot = await server.must(["cat", BOOT_ID]);
    await again();
    expect(await server.must(["cat", BOOT_ID])).not.toBe(boot);
    await server.must(["docker", "info"]);
  }
}, 420_000);
