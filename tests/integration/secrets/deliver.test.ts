import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Secret } from "../../../agent/core/secret.ts";
import type { Files } from "../../../agent/host/files.ts";
import { commitSecrets } from "../../../agent/run/secrets/commit-secrets.ts";
import { deliverSecrets } from "../../../agent/run/secrets/deliver-secrets.ts";
import { deliveredRoot } from "../../../agent/run/secrets/delivered-root.ts";
import { ensureSecrets } from "../../../agent/run/secrets/ensure-secrets.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { pruneDelivered } from "../../../agent/run/secrets/prune-delivered.ts";
import { setSecret } from "../../../agent/run/secrets/set-secret.ts";
import { countedFiles } from "../../support/secret-store.ts";
import { secretsConfig } from "../../support/secrets-config.ts";
import { receiver, type SecretsProject, secretsProject } from "../../support/secrets-project.ts";

const services = ["gateway", "provider", "database", "ingress"].map((name) => receiver(name));

async function delivered(world: SecretsProject, project = world.project) {
  await ensureSecrets(world.host, project, { dataExists: false }, world.progress);
  return deliverSecrets(world.host, project, services);
}

const set = (world: SecretsProject, value: string) =>
  setSecret(
    world.host,
    world.project,
    { name: "STRIPE_SECRET_KEY", value: new Secret(value) },
    { acceptWeak: false, progress: world.progress },
  );

const files = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

test("each service gets a folder with its own secrets, for its user alone, in memory", async () => {
  using world = secretsProject();
  const result = await delivered(world);
  const secrets = (await openSecrets(world.host, world.project))?.secrets;
  expect(Object.keys(result)).toEqual(["gateway", "provider", "database"]);
  const pepper = secrets?.API_KEY_PEPPER?.versions[0].value;
  const login = secrets?.DATABASE_URL?.versions[0].value;
  const password = typeof login === "object" ? login.password : "";
  expect(files(result.gateway?.folder ?? "")).toEqual({
    API_KEY_PEPPER: String(pepper),
    DATABASE_URL: `postgres://shop_a:${password}@database:5432/shop`,
  });
  expect(Object.keys(files(result.provider?.folder ?? ""))).toEqual([
    "API_KEY_PEPPER",
    "BETTER_AUTH_SECRET",
    "DATABASE_URL",
  ]);
  expect(Object.keys(files(result.database?.folder ?? ""))).toEqual(["POSTGRES_PASSWORD"]);
  for (const [index, { folder }] of Object.values(result).entries()) {
    const owner = services[index]?.uid;
    expect(statSync(folder)).toMatchObject({ uid: owner, gid: owner });
    expect(statSync(folder).mode & 0o777).toBe(0o500);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name))).toMatchObject({ uid: owner, gid: owner });
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o400);
    }
    expect((await world.host.files.space(folder)).tmpfs).toBe(true);
    expect(statSync(dirname(folder)).mode & 0o777).toBe(0o700);
  }
});

test("a second delivery writes nothing, and neither path nor fingerprint changes", async () => {
  using world = secretsProject();
  const first = await delivered(world);
  const files = countedFiles({
    before: (call) => {
      throw new Error(`call ${call} changes something`);
    },
    after: () => {},
  });
  expect(await deliverSecrets({ ...world.host, files }, world.project, services)).toEqual(first);
});

test("only the folders of services change whose own values do", async () => {
  using world = secretsProject();
  const first = await delivered(world);
  await set(world, "sk_live_51AAbbCC");
  const second = await delivered(world);
  expect(second.gateway).toEqual(first.gateway as never);
  expect(second.database).toEqual(first.database as never);
  expect(second.provider?.folder).not.toBe(first.provider?.folder as string);
  expect(second.provider?.fingerprints).toMatchObject(first.provider?.fingerprints as object);
  // The old folder stays for what still runs with it.
  expect(readdirSync(first.provider?.folder ?? "")).toHaveLength(3);
  await set(world, "sk_live_51DDeeFF");
  expect((await delivered(world)).provider?.folder).not.toBe(second.provider?.folder as string);
});

test("after a reboot, with nothing in memory, the same values come back under the same paths", async () => {
  using world = secretsProject();
  const first = await delivered(world);
  rmSync(world.project.paths.run, { recursive: true });
  expect(await deliverSecrets(world.host, world.project, services)).toEqual(first);
  expect(Object.keys(files(first.gateway?.folder ?? ""))).toHaveLength(2);
});

test("another group of the same service gets another folder", async () => {
  using world = secretsProject();
  const first = await delivered(world);
  const others = services.map((service) => ({ ...service, gid: 4711 }));
  const second = await deliverSecrets(world.host, world.project, others);
  expect(second.gateway?.folder).not.toBe(first.gateway?.folder as string);
});

test("an agent without root makes files that every user inside can read, below a folder that no other user can pass", async () => {
  using world = secretsProject();
  await ensureSecrets(world.host, world.project, { dataExists: false }, world.progress);
  const me = process.getuid?.() ?? 0;
  const refusing: Files = {
    ...world.host.files,
    chown: () => Promise.reject(new Error("only root gives files away")),
  };
  // The folder of the run belongs to the user that runs the tests, whoever that is.
  const host = {
    ...world.host,
    files: { ...refusing, stat: ownedBy(world.host.files, me, me + 1) },
    uid: me + 1,
  };
  const result = await deliverSecrets(host, world.project, [{ name: "gateway", uid: 10001, gid: 10001 }]);
  const folder = result.gateway?.folder ?? "";
  expect(statSync(folder).mode & 0o777).toBe(0o555);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o444);
  expect(statSync(dirname(folder)).mode & 0o077).toBe(0);
});

function ownedBy(files: Files, real: number, pretended: number): Files["stat"] {
  return async (path) => {
    const stat = await files.stat(path);
    return stat === undefined ? undefined : { ...stat, uid: stat.uid === real ? pretended : stat.uid };
  };
}

test("what somebody changed in a folder is put right in place", async () => {
  using world = secretsProject();
  const first = await delivered(world);
  const folder = first.gateway?.folder ?? "";
  const before = files(folder);
  const inode = statSync(folder).ino;
  chmodSync(folder, 0o700);
  rmSync(join(folder, "API_KEY_PEPPER"));
  writeFileSync(join(folder, "API_KEY_PEPPER"), "exchanged");
  writeFileSync(join(folder, ".left.0123.tmp"), "half");
  rmSync(join(folder, "DATABASE_URL"));
  expect(await deliverSecrets(world.host, world.project, services)).toEqual(first);
  expect(files(folder)).toEqual(before);
  expect(statSync(folder).ino).toBe(inode);
  expect(statSync(folder).mode & 0o777).toBe(0o500);
});

test("a new superuser password is changed in place: the database is not started again for it", async () => {
  using world = secretsProject();
  const first = await delivered(world);
  const opened = await openSecrets(world.host, world.project);
  const version = {
    n: 2,
    value: "a-new-superuser-password",
    createdAt: "2026-01-02T03:04:05.000Z",
    salt: "c2FsdA==",
  };
  const secrets = {
    ...opened?.secrets,
    POSTGRES_PASSWORD: { kind: "superuser" as const, versions: [version] as const },
  };
  await commitSecrets(world.host, world.project, secrets, world.progress);
  expect(await deliverSecrets(world.host, world.project, services)).toEqual(first);
  expect(files(first.database?.folder ?? "")).toEqual({ POSTGRES_PASSWORD: "a-new-superuser-password" });
});

test("a secret for the environment is in the folder and named apart", async () => {
  using world = secretsProject();
  const project = world.withConfig(
    secretsConfig('[secret.COOKIE_KEY]\nkind = "generated"\nfor = ["gateway"]\ndeliver = "env"\n'),
  );
  const { gateway } = await delivered(world, project);
  expect(gateway).toMatchObject({ files: ["API_KEY_PEPPER", "DATABASE_URL"], env: ["COOKIE_KEY"] });
  expect(readdirSync(gateway?.folder ?? "")).toContain("COOKIE_KEY");
});

test("killed at any call, a delivery leaves no half folder under a final name, and the next one is whole", async () => {
  using world = secretsProject();
  await ensureSecrets(world.host, world.project, { dataExists: false }, world.progress);
  const root = await deliveredRoot(world.host, world.project);
  let finished = false;
  let calls = 0;
  for (let dieAt = 1; !finished; dieAt += 1) {
    rmSync(root, { recursive: true, force: true });
    const dying = countedFiles({
      before: (call) => {
        calls = Math.max(calls, call);
        if (call >= dieAt) throw new Error("killed");
      },
      after: () => {},
    });
    finished = await deliverSecrets({ ...world.host, files: dying }, world.project, services).then(
      () => true,
      () => false,
    );
    for (const { folder } of Object.values(await whole(world))) {
      expect(Object.keys(files(folder)).length).toBeGreaterThan(0);
    }
  }
  expect(calls).toBeGreaterThan(15);
});

/** Every final folder has all of its files before the next delivery, and after it. */
async function whole(world: SecretsProject) {
  const root = await deliveredRoot(world.host, world.project);
  const counts: Record<string, number> = { gateway: 2, provider: 3, database: 1 };
  for (const service of (await world.host.files.list(root)) ?? []) {
    const names = ((await world.host.files.list(join(root, service))) ?? []).filter(
      (name) => !name.startsWith("."),
    );
    for (const name of names) {
      expect(readdirSync(join(root, service, name))).toHaveLength(counts[service] ?? -1);
    }
  }
  return deliverSecrets(world.host, world.project, services);
}

test("pruning keeps what is named and removes the rest, unfinished folders too", async () => {
  using world = secretsProject();
  const first = await delivered(world);
  await set(world, "sk_live_51AAbbCC");
  const second = await delivered(world);
  const root = await deliveredRoot(world.host, world.project);
  mkdirSync(join(root, "gateway", ".abc.tmp"));
  const keep = [second.gateway?.folder ?? "", second.provider?.folder ?? ""];
  await pruneDelivered(world.host, world.project, keep);
  expect(readdirSync(root).sort()).toEqual(["gateway", "provider"]);
  expect(readdirSync(join(root, "gateway"))).toHaveLength(1);
  expect(readdirSync(join(root, "provider"))).toHaveLength(1);
  expect(files(keep[0] ?? "")).toEqual(files(first.gateway?.folder ?? ""));
  await pruneDelivered(world.host, world.project, []);
  expect(readdirSync(root)).toEqual([]);
});

test("without memory to write to, secrets are not delivered and nothing touches the disk", async () => {
  using world = secretsProject();
  await ensureSecrets(world.host, world.project, { dataExists: false }, world.progress);
  const space = async () => ({ freeBytes: 1, totalBytes: 1, tmpfs: false });
  const files = { ...world.host.files, space };
  const attempt = deliverSecrets({ ...world.host, files }, world.project, services);
  await expect(attempt).rejects.toMatchObject({
    code: "secrets-tmpfs",
    hint: expect.stringContaining("mount -t tmpfs"),
  });
});

test("where the run folder is on a disk, /dev/shm takes its place", async () => {
  using world = secretsProject();
  const paths = { ...world.project.paths, run: world.host.folder.at("run") };
  const root = await deliveredRoot(world.host, { ...world.project, paths });
  expect(root).toBe("/dev/shm/soloflow/shop/secrets");
  const asUser = await deliveredRoot({ ...world.host, uid: 1234 }, { ...world.project, paths });
  expect(asUser).toBe("/dev/shm/soloflow-1234/shop/secrets");
});

test("a folder in memory that others can write to is refused", async () => {
  using world = secretsProject();
  await delivered(world);
  chmodSync(world.project.paths.run, 0o777);
  await expect(deliverSecrets(world.host, world.project, services)).rejects.toMatchObject({
    code: "secrets-tmpfs",
    message: expect.stringContaining("belongs to somebody else, or others can write to it"),
  });
  await expect(deliverSecrets({ ...world.host, uid: 4711 }, world.project, services)).rejects.toMatchObject({
    code: "secrets-tmpfs",
  });
});
