import { expect, setDefaultTimeout, test } from "bun:test";
import { dockerEngine } from "../../../agent/host/docker-engine.ts";
import { engineSocket } from "../../../agent/host/engine/engine-address.ts";
import { docker, makeSandbox } from "../../support/sandbox.ts";
import { tinyImage } from "../../support/tiny-image.ts";
import { waitFor } from "../../support/wait-for.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

const engine = dockerEngine(() => engineSocket(process.env), process.geteuid?.() ?? 0);
const FOREVER = "trap 'exit 0' TERM; echo begun; while :; do sleep 0.05; done";

test("the engine says who it is", async () => {
  const info = await engine.info();
  expect(info.version).toBe(await docker("version", "--format", "{{.Server.Version}}"));
  expect(Number(info.apiVersion)).toBeGreaterThanOrEqual(1.44);
  expect(info.cpus).toBeGreaterThan(0);
  expect(Math.abs(Date.parse(info.systemTime) - Date.now())).toBeLessThan(5_000);
});

test("containers are found by every label that is asked for, running or not", async () => {
  await using sandbox = makeSandbox();
  const running = await sandbox.run(FOREVER, ["--label", "sft.kind=a", "--name", sandbox.name]);
  const stopped = await sandbox.run("exit 4", ["--label", "sft.kind=b"]);
  await waitFor("it has ended", async () => (await engine.container(stopped))?.state === "exited");
  const found = await engine.containers([sandbox.label]);
  expect(found.map((each) => each.id).sort()).toEqual([running, stopped].sort());
  expect((await engine.containers([sandbox.label, "sft.kind=b"])).map((each) => each.id)).toEqual([stopped]);
  expect(await engine.containers([sandbox.label, "sft.kind=c"])).toEqual([]);
  expect(await engine.container(stopped)).toMatchObject({ state: "exited", exitCode: 4, oomKilled: false });
  expect(await engine.container(sandbox.name)).toMatchObject({
    id: running,
    name: sandbox.name,
    state: "running",
  });
});

test("a running container is read as it is: address, ports, mounts, health, user", async () => {
  await using sandbox = makeSandbox();
  const id = await sandbox.run(FOREVER, [
    ...["-p", "127.0.0.1::80", "-v", "/tmp:/host:ro", "-u", "65534:65534"],
    ...["--health-cmd", "echo fine", "--health-interval", "100ms"],
  ]);
  const container = await waitFor("it is healthy", async () => {
    const now = await engine.container(id);
    return now?.health?.status === "healthy" && now;
  });
  expect(container.addresses.bridge).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(container.ports).toEqual([
    { hostIp: "127.0.0.1", hostPort: expect.any(Number), containerPort: 80, protocol: "tcp" },
  ]);
  expect(container.mounts).toMatchObject([{ type: "bind", source: "/tmp", target: "/host", readOnly: true }]);
  expect(container).toMatchObject({
    user: "65534:65534",
    health: { failingStreak: 0, lastOutput: "fine\n" },
  });
  expect(Math.abs(Date.parse(container.startedAt ?? "") - Date.now())).toBeLessThan(60_000);
});

test("what does not exist is undefined, and stopping or removing it is nothing to do", async () => {
  expect(await engine.container("sft-none")).toBeUndefined();
  expect(await engine.image("sft-none:never")).toBeUndefined();
  expect(await engine.stats("sft-none")).toBeUndefined();
  expect(await engine.logs("sft-none", 10)).toBe("");
  await engine.stop("sft-none");
  await engine.stop("sft-none", 1);
  await engine.remove("sft-none");
  await engine.untag("sft-none:never");
  await expect(engine.start("sft-none")).rejects.toMatchObject({
    code: "engine",
    message: expect.stringContaining("No such container"),
  });
});

test("stop waits for an orderly end, and kills what does not end within the grace", async () => {
  await using sandbox = makeSandbox();
  const orderly = await sandbox.run(FOREVER);
  const stubborn = await sandbox.run("trap '' TERM; while :; do sleep 0.05; done");
  await Promise.all([engine.stop(orderly), engine.stop(stubborn, 1)]);
  expect(await engine.container(orderly)).toMatchObject({ state: "exited", exitCode: 0 });
  expect(await engine.container(stubborn)).toMatchObject({ state: "exited", exitCode: 137 });
  await engine.start(orderly);
  await engine.start(orderly);
  expect((await engine.container(orderly))?.state).toBe("running");
});

test("a container's own grace is waited for, even beyond the usual deadline", async () => {
  await using sandbox = makeSandbox();
  const slow = await sandbox.run("trap 'sleep 6; exit 3' TERM; echo set; while :; do sleep 0.05; done", [
    "--stop-timeout",
    "20",
  ]);
  await waitFor("the trap is set", async () => (await engine.logs(slow, 1)).includes("set"));
  await engine.stop(slow);
  expect(await engine.container(slow)).toMatchObject({ state: "exited", exitCode: 3 });
}, 30_000);

test("a running container is removed only by force, and is gone when the call returns", async () => {
  await using sandbox = makeSandbox();
  const id = await sandbox.run(FOREVER);
  await expect(engine.remove(id)).rejects.toMatchObject({ code: "engine" });
  await Promise.all([engine.remove(id, { force: true }), engine.remove(id, { force: true })]);
  expect(await engine.container(id)).toBeUndefined();
});

test("removing a container takes its anonymous volumes and no named one", async () => {
  await using sandbox = makeSandbox();
  await docker("volume", "create", "--label", sandbox.label, sandbox.name);
  const id = await sandbox.run(FOREVER, ["-v", "/anonymous", "-v", `${sandbox.name}:/named`]);
  const mounts = (await engine.container(id))?.mounts ?? [];
  const anonymous = mounts.find((mount) => mount.target === "/anonymous")?.name;
  await engine.remove(id, { force: true });
  const volumes = await engine.volumes();
  expect(volumes.map((volume) => volume.name)).toContain(sandbox.name);
  expect(volumes.map((volume) => volume.name)).not.toContain(anonymous ?? "");
  expect(volumes.find((volume) => volume.name === sandbox.name)?.labels).toEqual({ sft: sandbox.name });
  await docker("volume", "rm", sandbox.name);
});

test("tags come and go, and the image stays while another name has it", async () => {
  const image = await tinyImage();
  await using sandbox = makeSandbox();
  await engine.tag(image, `${sandbox.name}/app:r1`);
  const tagged = await engine.image(`${sandbox.name}/app:r1`);
  expect(tagged?.tags).toContain(`${sandbox.name}/app:r1`);
  expect(tagged?.sizeBytes).toBeGreaterThan(500_000);
  expect((await engine.image(tagged?.id ?? ""))?.id).toBe(tagged?.id ?? "");
  await engine.untag(`${sandbox.name}/app:r1`);
  expect(await engine.image(`${sandbox.name}/app:r1`)).toBeUndefined();
  expect((await engine.image(image))?.id).toBe(tagged?.id ?? "");
});

test("networks are read with their labels and ranges", async () => {
  await using sandbox = makeSandbox();
  await docker("network", "create", "--label", sandbox.label, sandbox.name);
  const network = (await engine.networks()).find((each) => each.name === sandbox.name);
  expect(network).toMatchObject({ labels: { sft: sandbox.name } });
  expect(network?.subnets[0]).toMatch(/^\d+\.\d+\.\d+\.\d+\/\d+$/);
  await docker("network", "rm", sandbox.name);
});

test("logs are both streams with their times, cut to the tail, with or without a terminal", async () => {
  await using sandbox = makeSandbox();
  const script = "for i in 1 2 3; do echo out $i; done; sleep 0.3; echo err >&2";
  const piped = await sandbox.run(script);
  const terminal = await sandbox.run(script, ["-t"]);
  for (const id of [piped, terminal]) {
    await waitFor("it has ended", async () => (await engine.container(id))?.state === "exited");
    const lines = (await engine.logs(id, 3)).trimEnd().split(/\r?\n/);
    expect(lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ""))).toEqual([
      "out 2",
      "out 3",
      "err",
    ]);
  }
});

test("memory and CPU are measured, and a stopped container has none", async () => {
  await using sandbox = makeSandbox();
  const id = await sandbox.run("trap 'exit 0' TERM; while :; do :; done");
  await waitFor("it has burnt CPU", async () => ((await engine.stats(id))?.cpuPercent ?? 0) > 1);
  expect((await engine.stats(id))?.memoryBytes).toBeGreaterThan(10_000);
  await engine.stop(id, 1);
  expect(await engine.stats(id)).toBeUndefined();
});
