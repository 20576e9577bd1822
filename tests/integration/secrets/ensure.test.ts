import { expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseIdentity } from "../../../agent/host/secret-store/identity.ts";
import { findNewest } from "../../../agent/host/secret-store/recover-store.ts";
import { ensureSecrets } from "../../../agent/run/secrets/ensure-secrets.ts";
import { openSecrets, storePlace } from "../../../agent/run/secrets/open-secrets.ts";
import { secretsState } from "../../../agent/run/secrets/secrets-state.ts";
import { generateSecret } from "../../../agent/run/secrets/set-secret.ts";
import { secretsConfig } from "../../support/secrets-config.ts";
import { secretsProject } from "../../support/secrets-project.ts";

const FRESH = { dataExists: false };

test("the first deploy makes what the agent may make, and the second makes nothing", async () => {
  using world = secretsProject();
  const { host, project, progress } = world;
  const { made } = await ensureSecrets(host, project, FRESH, progress);
  expect(made).toEqual(["API_KEY_PEPPER", "BETTER_AUTH_SECRET", "DATABASE_URL", "POSTGRES_PASSWORD"]);
  const first = await openSecrets(host, project);
  expect(first?.secrets).toMatchObject({
    API_KEY_PEPPER: { kind: "pepper", versions: [{ n: 1, value: expect.stringMatching(/^[\w-]{43}$/) }] },
    BETTER_AUTH_SECRET: { versions: [{ n: 1, value: expect.stringMatching(/^[\w-]{64}$/) }] },
    DATABASE_URL: {
      versions: [{ n: 1, value: { role: "shop_a", password: expect.stringMatching(/^[\w-]{43}$/) } }],
    },
    POSTGRES_PASSWORD: { kind: "superuser" },
  });
  expect((await ensureSecrets(host, project, { dataExists: true }, progress)).made).toEqual([]);
  expect(await openSecrets(host, project)).toMatchObject({ version: 1, secrets: first?.secrets as object });
});

test("the recovery key is shown once, opens the store, and is nowhere on the machine", async () => {
  using world = secretsProject();
  const { host, project, progress, said } = world;
  await ensureSecrets(host, project, FRESH, progress);
  const shown = said.join("\n").match(/AGE-SECRET-KEY-1[A-Z0-9]+/g) ?? [];
  expect(shown).toHaveLength(1);
  const key = parseIdentity(shown[0] ?? "");
  rmSync(join(project.paths.secrets, "identity"));
  const found = await findNewest(storePlace(host, project), key);
  expect(found?.content.version).toBe(1);
  for (const file of await host.files.walk(host.folder.path)) {
    const text = Buffer.from((await host.files.readBytes(host.folder.at(file))) ?? []).toString("latin1");
    expect(text).not.toContain(shown[0] ?? "");
  }
});

test("a kill after the recovery key was shown and before the commit leaves no store, and a new key is shown", async () => {
  using world = secretsProject();
  const { host, project, progress, said } = world;
  const killed = {
    ...progress,
    say: (line: string) => {
      progress.say(line);
      if (line.includes("AGE-SECRET-KEY")) throw new Error("killed");
    },
  };
  await expect(ensureSecrets(host, project, FRESH, killed)).rejects.toThrow("killed");
  expect(await openSecrets(host, project)).toBeUndefined();
  await ensureSecrets(host, project, FRESH, progress);
  const keys = said.join("\n").match(/AGE-SECRET-KEY-1[A-Z0-9]+/g) ?? [];
  expect(new Set(keys).size).toBe(2);
  rmSync(join(project.paths.secrets, "identity"));
  const place = storePlace(host, project);
  expect(await findNewest(place, parseIdentity(keys[0] ?? ""))).toBeUndefined();
  expect(await findNewest(place, parseIdentity(keys[1] ?? ""))).toBeDefined();
});

test("where there is data and no store nothing is made; every name and the way out are said", async () => {
  using world = secretsProject();
  const { host, project, progress } = world;
  const attempt = ensureSecrets(host, project, { dataExists: true }, progress);
  await expect(attempt).rejects.toMatchObject({
    code: "secrets",
    exitCode: 2,
    message: expect.stringMatching(
      /API_KEY_PEPPER, BETTER_AUTH_SECRET, DATABASE_URL, POSTGRES_PASSWORD.*secrets import/s,
    ),
  });
  expect(existsSync(project.paths.secrets)).toBe(false);
});

test("a missing external secret stops everything before anything is written", async () => {
  using world = secretsProject();
  const project = world.withConfig(
    secretsConfig('[secret.SMTP_PASSWORD]\nkind = "external"\nfor = ["provider"]\n'),
  );
  const attempt = ensureSecrets(world.host, project, FRESH, world.progress);
  await expect(attempt).rejects.toMatchObject({
    message: expect.stringContaining("no value for SMTP_PASSWORD"),
  });
  expect(existsSync(project.paths.secrets)).toBe(false);
});

test("a secret that is added later is made beside the others, unless there is data", async () => {
  using world = secretsProject();
  const { host, progress } = world;
  await ensureSecrets(host, world.project, FRESH, progress);
  const before = await openSecrets(host, world.project);
  const project = world.withConfig(
    secretsConfig('[secret.COOKIE_KEY]\nkind = "generated"\nfor = ["provider"]\n'),
  );
  await expect(ensureSecrets(host, project, { dataExists: true }, progress)).rejects.toThrow("COOKIE_KEY");
  await generateSecret(host, project, "COOKIE_KEY", progress);
  const after = await openSecrets(host, project);
  expect(after).toMatchObject({ version: 2, secrets: before?.secrets as object });
  expect(Object.keys(after?.secrets ?? {})).toContain("COOKIE_KEY");
  await expect(generateSecret(host, project, "COOKIE_KEY", progress)).rejects.toThrow("has a value already");
  await expect(generateSecret(host, project, "STRIPE_SECRET_KEY", progress)).rejects.toThrow(
    "is yours to give",
  );
});

test("without any secret there is no store", async () => {
  using world = secretsProject();
  const project = world.withConfig({ ...world.project.config, secret: {} });
  expect(await ensureSecrets(world.host, project, FRESH, world.progress)).toEqual({ made: [] });
  expect(existsSync(project.paths.state)).toBe(false);
});

test("the state tells names, numbers, ages and fingerprints, and no value", async () => {
  using world = secretsProject();
  const { host, project, progress } = world;
  await ensureSecrets(host, project, FRESH, progress);
  const renamed = world.withConfig({
    ...project.config,
    secret: Object.fromEntries(
      Object.entries(project.config.secret).filter(([name]) => name !== "BETTER_AUTH_SECRET"),
    ),
  });
  const state = await secretsState(host, renamed);
  expect(state.secrets.map(({ name, known, stored }) => [name, known, stored?.version])).toEqual([
    ["API_KEY_PEPPER", true, 1],
    ["DATABASE_URL", true, 1],
    ["POSTGRES_PASSWORD", true, 1],
    ["STRIPE_SECRET_KEY", true, undefined],
    ["BETTER_AUTH_SECRET", false, 1],
  ]);
  const prints = state.secrets.flatMap(({ stored }) => (stored === undefined ? [] : [stored.fingerprint]));
  for (const print of prints) expect(print).toMatch(/^[0-9a-f]{12}$/);
  expect(new Set(prints).size).toBe(4);
  const opened = await openSecrets(host, project);
  for (const stored of Object.values(opened?.secrets ?? {})) {
    for (const { value } of stored.versions) {
      const text = typeof value === "string" ? value : value.password;
      expect(JSON.stringify(state)).not.toContain(text);
    }
  }
  expect(readdirSync(project.paths.secrets)).toContain("v0001.age");
});
