import { expect, test } from "bun:test";
import type { Secrets } from "../../../agent/plan/secrets.ts";
import { parseSecrets } from "../../../agent/plan/secrets.ts";
import { readLogin, renderLogin } from "../../../agent/plan/secrets-database.ts";
import { deliveredText, filesOf } from "../../../agent/plan/secrets-deliver.ts";
import { ensureFaults, planEnsure } from "../../../agent/plan/secrets-ensure.ts";
import { secretsConfig } from "../../support/secrets-config.ts";

const createdAt = "2026-01-02T03:04:05.000Z";
const salt = "c2FsdHNhbHRzYWx0c2FsdA==";
const pepper = (...versions: [number, string][]): Secrets[string] =>
  parseSecrets({
    X: { kind: "pepper", versions: versions.map(([n, value]) => ({ n, value, createdAt })) },
  }).X as Secrets[string];

const config = secretsConfig(`
[secret.SMTP_PASSWORD]
kind = "external"
for = ["provider"]
deliver = "env"
`);

const stored: Secrets = {
  API_KEY_PEPPER: pepper([1, "p1"]),
  DATABASE_URL: {
    kind: "database",
    versions: [{ n: 1, value: { role: "shop_a", password: "pw" }, createdAt, salt }],
  },
  POSTGRES_PASSWORD: { kind: "superuser", versions: [{ n: 1, value: "su", createdAt, salt }] },
  SMTP_PASSWORD: { kind: "external", versions: [{ n: 4, value: "mail", createdAt }] },
};

test("a first version is delivered bare, any other as a list that says which one issues", () => {
  expect(deliveredText(config, "API_KEY_PEPPER", pepper([1, "a"]))).toBe("a");
  expect(deliveredText(config, "API_KEY_PEPPER", pepper([2, "b"], [1, "a"]))).toBe("2:b,1:a");
  expect(deliveredText(config, "API_KEY_PEPPER", pepper([1, "a"], [2, "b"]))).toBe("1:a,2:b");
  expect(deliveredText(config, "API_KEY_PEPPER", pepper([2, "b"]))).toBe("2:b");
});

test("a service gets what is for it and nothing else", () => {
  const url = "postgres://{role}:{password}@database:5432/shop";
  expect(filesOf(config, stored, ["gateway", "provider", "database", "ingress"])).toEqual([
    {
      service: "gateway",
      files: { API_KEY_PEPPER: "p1", DATABASE_URL: "postgres://shop_a:pw@database:5432/shop" },
      forms: { API_KEY_PEPPER: {}, DATABASE_URL: { url } },
      env: [],
      inPlace: [],
    },
    {
      service: "provider",
      files: {
        API_KEY_PEPPER: "p1",
        DATABASE_URL: "postgres://shop_a:pw@database:5432/shop",
        SMTP_PASSWORD: "mail",
      },
      forms: { API_KEY_PEPPER: {}, DATABASE_URL: { url }, SMTP_PASSWORD: {} },
      env: ["SMTP_PASSWORD"],
      inPlace: [],
    },
    {
      service: "database",
      files: { POSTGRES_PASSWORD: "su" },
      forms: { POSTGRES_PASSWORD: {} },
      env: [],
      inPlace: ["POSTGRES_PASSWORD"],
    },
  ]);
});

test("at a first deploy the agent makes what it may make", () => {
  const plan = planEnsure(config, { SMTP_PASSWORD: pepper([1, "x"]) }, false);
  expect(plan.make).toEqual([
    { name: "API_KEY_PEPPER", bytes: 32, kind: "pepper" },
    { name: "BETTER_AUTH_SECRET", bytes: 48, kind: "generated" },
    { name: "DATABASE_URL", bytes: 32, kind: "database", role: "shop_a" },
    { name: "POSTGRES_PASSWORD", bytes: 32, kind: "superuser" },
  ]);
  expect(ensureFaults(plan)).toEqual([]);
});

test("where there is data nothing is made, and every name is said at once", () => {
  const plan = planEnsure(config, {}, true);
  expect(plan.make).toEqual([]);
  expect(ensureFaults(plan)).toEqual([
    {
      message:
        "there is data already, made with values that the store does not know: " +
        "API_KEY_PEPPER, BETTER_AUTH_SECRET, DATABASE_URL, POSTGRES_PASSWORD",
      hint: expect.stringContaining("soloflow-agent secrets import"),
    },
    { message: "no value for SMTP_PASSWORD", hint: expect.stringContaining("secrets set NAME") },
  ]);
});

test("what only the agent reads is made although there is data", () => {
  const ofAgent = secretsConfig('[secret.ALERT_KEY]\nkind = "generated"\nfor = ["agent"]\n');
  expect(planEnsure(ofAgent, {}, true).make).toEqual([{ name: "ALERT_KEY", bytes: 32, kind: "generated" }]);
});

test("with everything stored there is nothing to do, data or not", () => {
  const all: Secrets = { ...stored, BETTER_AUTH_SECRET: pepper([1, "b"]) };
  for (const dataExists of [true, false]) {
    const plan = planEnsure(config, all, dataExists);
    expect([plan.make, ensureFaults(plan)]).toEqual([[], []]);
  }
});

test("a kind that the stored value cannot have is a fault", () => {
  const plan = planEnsure(config, { ...stored, DATABASE_URL: pepper([1, "x"]) }, false);
  expect(ensureFaults(plan)[0]?.message).toBe(
    'DATABASE_URL is stored as pepper, soloflow.toml says kind = "database"',
  );
});

test("role and password are percent-encoded in an address and bare elsewhere", () => {
  const login = { role: "a b", password: "p@s/s:w#" };
  const url = "jdbc:postgresql://db/x?user={role}&password={password}";
  expect(renderLogin(url, login)).toBe("jdbc:postgresql://db/x?user=a%20b&password=p%40s%2Fs%3Aw%23");
  expect(readLogin(url, renderLogin(url, login))).toEqual({ ...login, elsewhere: false });
  expect(renderLogin("{role} {password}", login)).toBe("a b p@s/s:w#");
});

test("stored secrets of another form are refused without their values", () => {
  const content = { A: { kind: "pepper", versions: [{ n: 0, value: "canary", createdAt }] } };
  expect(() => parseSecrets(content)).toThrow("the secrets hold something unknown at A.versions.0.n");
  expect(() => parseSecrets({ B: { kind: "pepper", versions: [] } })).toThrow("B.versions");
});
