import { describe, expect, test } from "bun:test";
import { binary } from "../support/binary.ts";
import { Vps } from "../support/vps/vps.ts";
import { waitFor } from "../support/wait-for.ts";

const AGENT = "/usr/local/bin/soloflow-agent";
const LONG = { timeoutMs: 300_000 };
/** A field of dpkg-query, not of this file. */
const STATUS = "$" + "{db:Status-Status}";
const PACKAGES = ["containerd", "docker-buildx", "docker-cli", "docker-compose", "docker.io"];

async function withAgent(options: Parameters<typeof Vps.create>[0] = {}): Promise<Vps> {
  const server = await Vps.create(options);
  await server.copyIn(await binary(), AGENT);
  return server;
}

/** dpkg's word for the package's state: "not-installed", "unpacked", "half-configured", "installed", … */
async function stateOf(server: Vps, name: string): Promise<string> {
  const state = await server.exec(["dpkg-query", "--show", "--showformat", STATUS, name]);
  return state.code === 0 ? state.stdout : "not-installed";
}

async function expectFinished(server: Vps): Promise<void> {
  await server.must([AGENT, "setup", "--yes"], LONG);
  await server.must(["docker", "info"]);
  expect((await server.must(["dpkg", "--audit"])).trim()).toBe("");
  expect((await server.must(["apt-mark", "showhold"])).trim().split("\n")).toEqual(PACKAGES);
  expect(JSON.parse(await server.must([AGENT, "setup", "--json"]))).toMatchObject({ result: "ready" });
  expect((await server.must(["ls", "/var/lib/soloflow"])).trim()).toBe("setup.lock");
}

describe("a setup that is cut off", () => {
  test("by SIGKILL, while apt goes on, is waited for and finished by the next one", async () => {
    await using server = await withAgent();
    await server.spawn([AGENT, "setup", "--yes"]);
    await waitFor(
      "apt unpacks",
      async () => (await stateOf(server, "containerd")) !== "not-installed",
      120_000,
    );
    await server.must(["pkill", "-KILL", "--exact", "soloflow-agent"]);
    await expectFinished(server);
  }, 600_000);

  test("by a power cut in the middle of dpkg is repaired and finished by the next one", async () => {
    await using server = await withAgent();
    await server.spawn([AGENT, "setup", "--yes"]);
    await waitFor(
      "dpkg is at work",
      async () => /unpacked|half/.test(await stateOf(server, "docker.io")),
      120_000,
    );
    await server.powerCut();
    expect((await server.must(["dpkg", "--audit"])).trim()).not.toBe("");
    await expectFinished(server);
  }, 600_000);

  test("by a power cut in the middle of the download starts that again", async () => {
    await using server = await withAgent();
    await server.spawn([AGENT, "setup", "--yes"]);
    const partial = ["ls", "/var/cache/soloflow/setup/archives/partial"];
    await waitFor(
      "packages are fetched",
      async () => (await server.exec(partial)).stdout.includes(".deb"),
      120_000,
    );
    await server.powerCut();
    await expectFinished(server);
  }, 600_000);
});

test("where systemd does not run the machine the engine is started by itself, over what a dead one left", async () => {
  await using server = await withAgent({ systemd: false });
  await server.must([AGENT, "setup", "--yes"], LONG);
  await server.must(["docker", "info"]);
  expect(await server.must(["cat", "/var/log/dockerd.log"])).toContain("API listen on");

  await server.must([
    "sh",
    "-c",
    "pkill -KILL dockerd; pkill -KILL containerd; sleep 0.2; echo 1 >/var/run/docker.pid",
  ]);
  expect((await server.exec(["docker", "info"])).code).not.toBe(0);
  await server.must([AGENT, "setup", "--yes"], LONG);
  await server.must(["docker", "info"]);
}, 600_000);

test("an engine that is too old is left alone while a container runs on it, unless that is said in so many words", async () => {
  await using server = await withAgent();
  await server.must(
    [
      "sh",
      "-c",
      "apt-get -qq update && apt-get -qq install -y --no-install-recommends docker.io busybox-static",
    ],
    LONG,
  );
  await server.must(["sh", "-c", "tar -C /bin -c busybox | docker import - tiny"]);
  await server.must([
    ...["docker", "run", "--detach", "--name", "precious", "--restart", "unless-stopped", "--init"],
    ...["tiny", "/busybox", "sleep", "3600"],
  ]);

  const refused = await server.exec([AGENT, "setup", "--yes"], LONG);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("1 container");
  expect(await server.must(["docker", "version", "--format", "{{.Server.Version}}"])).toStartWith("20.10");
  expect(
    await server.must(["docker", "inspect", "--format", "{{.RestartCount}} {{.State.Running}}", "precious"]),
  ).toBe("0 true\n");

  await server.must([AGENT, "setup", "--yes", "--upgrade-engine"], LONG);
  expect(await server.must(["docker", "version", "--format", "{{.Server.Version}}"])).toStartWith("26.");
  expect(await server.must(["docker", "inspect", "--format", "{{.State.Running}}", "precious"])).toBe(
    "true\n",
  );
}, 600_000);
