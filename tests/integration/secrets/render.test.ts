import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../../agent/core/secret.ts";
import { deliverSecrets, previewSecrets } from "../../../agent/run/secrets/deliver-secrets.ts";
import { ensureSecrets } from "../../../agent/run/secrets/ensure-secrets.ts";
import { mendSecrets } from "../../../agent/run/secrets/mend-secrets.ts";
import { missingSecrets } from "../../../agent/run/secrets/missing-secrets.ts";
import { pruneDelivered } from "../../../agent/run/secrets/prune-delivered.ts";
import { renderSecrets } from "../../../agent/run/secrets/render-secrets.ts";
import { renderSecretsAlone } from "../../../agent/run/secrets/render-secrets-alone.ts";
import { setSecret } from "../../../agent/run/secrets/set-secret.ts";
import { failed, ok } from "../../support/scripted-exec.ts";
import type { Script } from "../../support/scripted-host.ts";
import { receiver, type SecretsProject, secretsProject } from "../../support/secrets-project.ts";

const services = ["gateway", "provider", "database"].map((name) => receiver(name));

/** A project as boot finds it: without its configuration. */
function known({ project }: SecretsProject) {
  return { name: project.config.project, paths: project.paths };
}

async function deliveredWorld(script: Script = {}) {
  const world = secretsProject(script);
  await ensureSecrets(world.host, world.project, { dataExists: false }, world.progress);
  const delivered = await deliverSecrets(world.host, world.project, services);
  return { world, delivered };
}

function reboot({ project }: SecretsProject): void {
  rmSync(project.paths.run, { recursive: true });
}

/** Path, owner, mode and content of everything below the run folder. */
function memory({ project }: SecretsProject): string[] {
  return readdirSync(project.paths.run, { recursive: true })
    .map(String)
    .sort()
    .map((name) => {
      const stat = statSync(join(project.paths.run, name));
      const content = stat.isFile() ? readFileSync(join(project.paths.run, name), "utf8") : "";
      return [name, stat.uid, stat.gid, stat.mode.toString(8), content].join(" ");
    });
}

const set = (world: SecretsProject, value: string) =>
  setSecret(
    world.host,
    world.project,
    { name: "STRIPE_SECRET_KEY", value: new Secret(value) },
    { acceptWeak: false, progress: world.progress },
  );

test("after a reboot everything is written just as it was delivered, from the state folder alone", async () => {
  const { world } = await deliveredWorld();
  using _ = world;
  const before = memory(world);
  reboot(world);
  expect(await missingSecrets(world.host, known(world))).toEqual(["database", "gateway", "provider"]);
  const rendered = await renderSecrets(world.host, known(world));
  expect(rendered.map(({ state }) => state)).toEqual(["written", "written", "written"]);
  expect(memory(world)).toEqual(before);
  expect(await missingSecrets(world.host, known(world))).toEqual([]);
  expect((await renderSecrets(world.host, known(world))).every(({ state }) => state === "kept")).toBe(true);
  expect(memory(world)).toEqual(before);
});

test("what runs gets the values it was started with, though newer ones are stored", async () => {
  const { world } = await deliveredWorld();
  using _ = world;
  await set(world, "sk_live_51AAbbCC");
  await deliverSecrets(world.host, world.project, services);
  await set(world, "sk_live_51DDeeFF");
  const before = memory(world);
  expect(before.join("\n")).toContain("sk_live_51AAbbCC");
  reboot(world);
  await renderSecrets(world.host, known(world));
  expect(memory(world)).toEqual(before);
});

test("a file that was changed or lost in memory is put right", async () => {
  const { world, delivered } = await deliveredWorld();
  using _ = world;
  const before = memory(world);
  const folder = delivered.gateway?.folder ?? "";
  rmSync(join(folder, readdirSync(folder)[0] ?? ""));
  await renderSecrets(world.host, known(world));
  expect(memory(world)).toEqual(before);
});

test("what cannot be opened is named, and the others get theirs", async () => {
  const { world } = await deliveredWorld();
  using _ = world;
  await set(world, "sk_live_51AAbbCC");
  await deliverSecrets(world.host, world.project, [receiver("provider")]);
  rmSync(join(world.project.paths.secrets, "v0001.age"));
  reboot(world);
  const rendered = await renderSecrets(world.host, known(world));
  const states = rendered.map(({ service, state }) => `${service} ${state}`);
  expect(states.sort()).toEqual(["database failed", "gateway failed", "provider failed", "provider written"]);
});

test("a folder that is removed is not written again", async () => {
  const { world, delivered } = await deliveredWorld();
  using _ = world;
  const kept = delivered.gateway?.folder ?? "";
  await pruneDelivered(world.host, world.project, [kept]);
  reboot(world);
  expect(await renderSecrets(world.host, known(world))).toEqual([
    { service: "gateway", folder: kept, state: "written" },
  ]);
});

test("a damaged record is named, and the next delivery writes it anew", async () => {
  const { world } = await deliveredWorld();
  using _ = world;
  const record = join(world.project.paths.state, "delivered.json");
  const before = readFileSync(record, "utf8");
  for (const damage of ["", "{}", before.slice(0, 50), before.replace('"service": "', '"service": "../')]) {
    writeFileSync(record, damage);
    await expect(renderSecrets(world.host, known(world))).rejects.toMatchObject({ code: "state" });
    expect((await previewSecrets(world.host, world.project, services)).present).toBe(false);
    await deliverSecrets(world.host, world.project, services);
    expect(readFileSync(record, "utf8")).toBe(before);
  }
  expect((await previewSecrets(world.host, world.project, services)).present).toBe(true);
});

test("no value is in the record", async () => {
  const { world } = await deliveredWorld();
  using _ = world;
  const record = readFileSync(join(world.project.paths.state, "delivered.json"), "utf8");
  const values = memory(world).map((line) => line.split(" ").slice(4).join(" "));
  for (const value of values.filter((each) => each !== "")) expect(record).not.toContain(value);
  expect(statSync(join(world.project.paths.state, "delivered.json")).mode & 0o777).toBe(0o600);
});

test("an operation that is at work is left to deliver by itself", async () => {
  const { world } = await deliveredWorld();
  using _ = world;
  reboot(world);
  const holder = { pid: process.pid, command: "deploy", since: "2026-01-01T00:00:00Z" };
  const held = await world.host.lock.tryAcquire(world.project.paths.lock, holder);
  expect(await renderSecretsAlone(world.host, known(world))).toEqual({ busy: "deploy", rendered: [] });
  if ("fd" in held) held.release();
  expect((await renderSecretsAlone(world.host, known(world))).rendered).toHaveLength(3);
});

test("the watchdog has what is missing written by another process, and by none when nothing is", async () => {
  const own = { argv: ["/opt/agent", "secrets", "render", "--project", "shop"], gives: ok() };
  const { world } = await deliveredWorld({ processes: [own] });
  using _ = world;
  const options = { program: ["/opt/agent"] } as const;
  expect(await mendSecrets(world.host, known(world), options)).toEqual([]);
  reboot(world);
  expect(await mendSecrets(world.host, known(world), options)).toEqual(["database", "gateway", "provider"]);
  world.host.verify();
});

test("under systemd the watchdog, which may give files to nobody, has the unit do it", async () => {
  const unit = "soloflow-agent-secrets@shop.service";
  const start = { argv: ["systemctl", "start", unit], gives: failed(1, "Job failed.") };
  const { world } = await deliveredWorld({ processes: [start], env: { SOLOFLOW_SECRETS_UNIT: unit } });
  using _ = world;
  reboot(world);
  await expect(mendSecrets(world.host, known(world))).rejects.toMatchObject({
    message: expect.stringContaining("gateway"),
    hint: expect.stringContaining("journalctl"),
  });
});
