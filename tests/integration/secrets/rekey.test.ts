import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { readIdentities } from "../../../agent/host/secret-store/identity.ts";
import { appendAudit, verifyAudit } from "../../../agent/run/audit/audit-log.ts";
import { commitSecrets } from "../../../agent/run/secrets/commit-secrets.ts";
import { deliverSecrets, previewSecrets } from "../../../agent/run/secrets/deliver-secrets.ts";
import { ensureSecrets } from "../../../agent/run/secrets/ensure-secrets.ts";
import { openSecrets, storePlace } from "../../../agent/run/secrets/open-secrets.ts";
import { rekeySecrets } from "../../../agent/run/secrets/rekey-secrets.ts";
import { renderSecrets } from "../../../agent/run/secrets/render-secrets.ts";
import { verifySecrets } from "../../../agent/run/secrets/verify-secrets.ts";
import { countedFiles } from "../../support/secret-store.ts";
import { receiver, secretsProject } from "../../support/secrets-project.ts";

const entry = { at: "", who: "root", what: "set", secret: "A", version: 1, result: "done", id: "1" };

/** Secrets that are made, delivered and on the audit log. */
async function delivered() {
  const made = secretsProject();
  const { host, project, progress } = made;
  await ensureSecrets(host, project, { dataExists: false }, progress);
  const opened = await openSecrets(host, project);
  if (opened === undefined) throw new Error("nothing is stored");
  const services = [...new Set(Object.values(project.config.secret).flatMap((secret) => secret.for))];
  const folders = await deliverSecrets(
    host,
    project,
    services.map((name) => receiver(name)),
  );
  await appendAudit(host, project, opened.keys, [entry]);
  return { ...made, before: opened, folders: Object.values(folders).map(({ folder }) => folder) };
}

test("the values are the same, the old key is gone, the log is proven by the new one", async () => {
  using made = await delivered();
  const { host, project, progress, before } = made;
  const place = storePlace(host, project);
  const [old] = await readIdentities(place);
  await rekeySecrets(host, project, { recovery: false, progress });
  const after = await openSecrets(host, project);
  expect(after?.secrets).toEqual(before.secrets);
  const identities = await readIdentities(place);
  expect(identities.map((identity) => identity.reveal())).not.toContain(old?.reveal());
  expect(identities.length).toBe(1);
  if (after !== undefined) expect((await verifyAudit(host, project, after.keys)).faults).toEqual([]);
  const { versions, faults } = await verifySecrets(host, project);
  expect(versions.map(({ state }) => state)).toEqual(["sealed", "current"]);
  expect(faults).toEqual([]);
});

test("no container is made anew for it: what is delivered afterwards lies where it lay", async () => {
  using made = await delivered();
  const { host, project, progress, folders, before } = made;
  for (let times = 1; times <= 2; times += 1)
    await rekeySecrets(host, project, { recovery: false, progress });
  await commitSecrets(host, project, before.secrets, progress);
  const services = [...new Set(Object.values(project.config.secret).flatMap((secret) => secret.for))];
  const again = await previewSecrets(
    host,
    project,
    services.map((name) => receiver(name)),
  );
  expect(Object.values(again.delivered).map(({ folder }) => folder)).toEqual(folders);
  const after = await openSecrets(host, project);
  expect(after?.keys.fingerprint("A", "value")).toBe(before.keys.fingerprint("A", "value"));
});

test("a reboot after it writes the same folders again", async () => {
  using made = await delivered();
  const { host, project, progress, folders } = made;
  await rekeySecrets(host, project, { recovery: false, progress });
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  const known = { name: project.config.project, paths: project.paths };
  expect((await renderSecrets(host, known)).every(({ state }) => state === "written")).toBe(true);
  expect(folders.every((folder) => existsSync(folder))).toBe(true);
});

test("a new recovery key is shown before anything is committed, and counts as untried", async () => {
  using made = await delivered();
  const { host, project, progress, said } = made;
  said.length = 0;
  await rekeySecrets(host, project, { recovery: true, progress });
  expect(said.join("\n")).toMatch(/AGE-SECRET-KEY-1/);
  expect((await verifySecrets(host, project)).provenAt).toBeUndefined();
});

test("killed around any of its writes, the secrets open, and the next call finishes", async () => {
  for (let at = 1; ; at += 1) {
    using made = await delivered();
    const { host, project, progress, before } = made;
    let calls = 0;
    const killed = (call: number) => {
      calls = call;
      if (call === Math.ceil(at / 2)) throw new Error("killed");
    };
    const files = countedFiles(
      at % 2 === 1 ? { before: killed, after: () => {} } : { before: () => {}, after: killed },
    );
    const ended = await rekeySecrets({ ...host, files }, project, { recovery: false, progress }).then(
      () => "done",
      () => "killed",
    );
    expect((await openSecrets(host, project))?.secrets).toEqual(before.secrets);
    await rekeySecrets(host, project, { recovery: false, progress });
    const after = await openSecrets(host, project);
    expect(after?.secrets).toEqual(before.secrets);
    if (after !== undefined) {
      expect((await verifyAudit(host, project, after.keys)).faults).toEqual([]);
      await appendAudit(host, project, after.keys, [{ ...entry, id: "2" }]);
    }
    expect((await readIdentities(storePlace(host, project))).length).toBe(1);
    if (ended === "done") {
      expect(calls).toBeGreaterThan(6);
      return;
    }
  }
});
