import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { parseConfig } from "../../../agent/config/parse.ts";
import { exec } from "../../../agent/host/exec.ts";
import { newKeyPair } from "../../../agent/host/secret-store/age.ts";
import { readSops } from "../../../agent/plan/sops/sops-document.ts";
import { decryptValue } from "../../../agent/plan/sops/sops-value.ts";
import { commitSecrets } from "../../../agent/run/secrets/commit-secrets.ts";
import { importSecrets } from "../../../agent/run/secrets/import-secrets.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { exportSops } from "../../../agent/run/secrets/reveal-secrets.ts";
import { secretsProject } from "../../support/secrets-project.ts";

/** Debian's own program, so that not only the agent says that the files are age's. */
async function age(...argv: string[]): Promise<string> {
  const outcome = await exec({ argv: ["age", ...argv] }, { timeoutMs: 10_000 });
  if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  return outcome.stdout;
}

const VALUE = 'one "line"\nand $another, ä';

function oneSecret() {
  const made = secretsProject();
  const { config } = parseConfig(
    'project = "shop"\n[secret.STRIPE_KEY]\nkind = "external"\nfor = ["app"]\n',
    "soloflow.toml",
  );
  if (config === undefined) throw new Error("the test's configuration is wrong");
  return { ...made, project: made.withConfig(config) };
}

const stored = (value: string) =>
  ({ kind: "external", versions: [{ n: 1, value, createdAt: "2026-01-02T03:04:05.000Z" }] }) as const;

test("an exported file's key is opened by the age program, and its value by that key", async () => {
  using made = oneSecret();
  const { host, project, progress, folder } = { ...made, folder: made.host.folder };
  const { identity, recipient } = await newKeyPair();
  await commitSecrets(host, project, { STRIPE_KEY: stored(VALUE) }, progress);
  const { text } = await exportSops(host, project, { recipients: [recipient], format: "yaml" });
  const document = readSops(text.reveal());
  writeFileSync(folder.at("key.txt"), `${identity.reveal()}\n`, { mode: 0o600 });
  writeFileSync(folder.at("data.age"), document?.age[0]?.enc ?? "");
  await age(
    "--decrypt",
    "--identity",
    folder.at("key.txt"),
    "--output",
    folder.at("data"),
    folder.at("data.age"),
  );
  const key = readFileSync(folder.at("data"));
  expect(decryptValue(String(document?.tree.STRIPE_KEY), key, "STRIPE_KEY:")).toBe(VALUE);
});

test("a version of the store is opened by the age program with the machine's key", async () => {
  using made = oneSecret();
  const { host, project, progress } = made;
  await commitSecrets(host, project, { STRIPE_KEY: stored(VALUE) }, progress);
  const text = await age(
    "--decrypt",
    "--identity",
    `${project.paths.secrets}/identity`,
    `${project.paths.secrets}/v0001.age`,
  );
  expect(JSON.parse(text).secrets.STRIPE_KEY.versions[0].value).toBe(VALUE);
});

test("a SOPS file is imported with the key at its usual place, or with the one that is asked for", async () => {
  for (const place of ["file", "prompt"]) {
    using from = oneSecret();
    using to = oneSecret();
    const { identity, recipient } = await newKeyPair();
    await commitSecrets(from.host, from.project, { STRIPE_KEY: stored(VALUE) }, from.progress);
    const { text } = await exportSops(from.host, from.project, { recipients: [recipient], format: "env" });
    const file = to.host.folder.at("secrets.env");
    writeFileSync(file, text.reveal());
    const keys = to.host.folder.at("keys.txt");
    if (place === "file") writeFileSync(keys, `# made by age-keygen\n${identity.reveal()}\n`);
    const host = { ...to.host, env: { ...to.host.env, SOPS_AGE_KEY_FILE: keys } };
    let asked = 0;
    const askIdentity = async () => {
      asked += 1;
      return identity;
    };
    const { rulings } = await importSecrets(host, to.project, file, {
      ...{ acceptWeak: false, progress: to.progress, askIdentity },
    });
    expect(rulings.map(({ kind }) => kind)).toEqual(["take"]);
    expect(asked).toBe(place === "file" ? 0 : 1);
    expect((await openSecrets(to.host, to.project))?.secrets.STRIPE_KEY?.versions[0].value).toBe(VALUE);
  }
});

test("with a strange key, or changed by anybody, nothing of a file is taken", async () => {
  using made = oneSecret();
  const { host, project, progress } = made;
  const { identity, recipient } = await newKeyPair();
  await commitSecrets(host, project, { STRIPE_KEY: stored(VALUE) }, progress);
  const { text } = await exportSops(host, project, { recipients: [recipient], format: "json" });
  const file = host.folder.at("secrets.json");
  const options = (key: typeof identity) => ({ acceptWeak: false, progress, askIdentity: async () => key });
  writeFileSync(file, text.reveal());
  const strange = (await newKeyPair()).identity;
  await expect(importSecrets(host, project, file, options(strange))).rejects.toMatchObject({
    code: "secrets-sops",
    message: expect.stringContaining(recipient),
  });
  writeFileSync(file, text.reveal().replace("STRIPE_KEY", "RESEND_KEY"));
  await expect(importSecrets(host, project, file, options(identity))).rejects.toThrow(/was changed/);
});
