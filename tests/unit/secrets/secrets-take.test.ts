import { expect, test } from "bun:test";
import type { Secrets } from "../../../agent/plan/secrets.ts";
import { ruleOn } from "../../../agent/plan/secrets-take.ts";
import { secretsConfig } from "../../support/secrets-config.ts";

const config = secretsConfig(`
[secret.SMTP_PASSWORD]
kind = "external"
for = ["provider"]
`);
const at = "2026-01-02T03:04:05.000Z";
const salt = "c2FsdHNhbHRzYWx0c2FsdA==";
const good = "q8Zr1LxTnE5vW0yKdB3uJ7mCs2HfP4gA6";

function rule(
  name: string,
  value: string,
  { secrets = {}, acceptWeak = false }: { secrets?: Secrets; acceptWeak?: boolean } = {},
) {
  return ruleOn(config, secrets, { name, value }, { at, salt, acceptWeak });
}

test("a pepper is taken once and never exchanged", () => {
  const first = rule("API_KEY_PEPPER", good);
  expect(first).toMatchObject({
    kind: "take",
    stored: { kind: "pepper", versions: [{ n: 1, value: good, createdAt: at }] },
    warnings: [],
  });
  const secrets: Secrets = first.kind === "take" ? { API_KEY_PEPPER: first.stored } : {};
  expect(rule("API_KEY_PEPPER", good, { secrets })).toMatchObject({ kind: "same" });
  expect(rule("API_KEY_PEPPER", `${good}2`, { secrets })).toMatchObject({
    kind: "refused",
    why: 'has another value already, and others depend on it (kind = "pepper")',
  });
  expect(rule("API_KEY_PEPPER", `${good}2`, { secrets, acceptWeak: true }).kind).toBe("refused");
});

test("an external value may be exchanged, and its number goes on", () => {
  const first = rule("STRIPE_SECRET_KEY", "sk_live_51AAbbCC");
  const secrets: Secrets = first.kind === "take" ? { STRIPE_SECRET_KEY: first.stored } : {};
  expect(rule("STRIPE_SECRET_KEY", "sk_live_51DDeeFF", { secrets })).toMatchObject({
    kind: "take",
    stored: { kind: "external", versions: [{ n: 2, value: "sk_live_51DDeeFF" }] },
  });
});

test("a list of versions is taken apart", () => {
  const list = `3:${good}new,1:${good}old`;
  expect(rule("BETTER_AUTH_SECRET", list)).toMatchObject({
    kind: "take",
    stored: {
      versions: [
        { n: 3, value: `${good}new` },
        { n: 1, value: `${good}old` },
      ],
    },
  });
  expect(rule("BETTER_AUTH_SECRET", `3:${good},1:short`)).toMatchObject({ kind: "refused" });
});

test("a placeholder is taken only where it is said to be in use", () => {
  expect(rule("BETTER_AUTH_SECRET", "changeme")).toEqual({
    name: "BETTER_AUTH_SECRET",
    kind: "refused",
    why: "is a placeholder",
    hint: "add --accept-weak where it is the value in use",
  });
  expect(rule("BETTER_AUTH_SECRET", "changeme", { acceptWeak: true })).toMatchObject({
    kind: "take",
    warnings: ["is a placeholder: rotate it soon"],
  });
});

test("an empty value is left out where it is optional, refused where it is not", () => {
  expect(rule("STRIPE_SECRET_KEY", "")).toMatchObject({ kind: "left", why: "is empty" });
  expect(rule("SMTP_PASSWORD", "")).toMatchObject({ kind: "refused", why: "is empty" });
  expect(rule("SMTP_PASSWORD", "", { acceptWeak: true })).toMatchObject({ kind: "refused" });
});

test("a name that soloflow.toml does not know is left", () => {
  expect(rule("NODE_ENV", "production")).toEqual({
    name: "NODE_ENV",
    kind: "left",
    why: "is not in soloflow.toml",
  });
});

test("a database URL gives role and password", () => {
  expect(rule("DATABASE_URL", `postgres://shop_b:${good}@database:5432/shop`)).toMatchObject({
    kind: "take",
    stored: { kind: "database", versions: [{ n: 1, value: { role: "shop_b", password: good }, salt }] },
    warnings: [],
  });
});

test("another address and a strange role are taken over with a word", () => {
  const ruling = rule("DATABASE_URL", `postgresql://postgres:${good}%40@db.internal/main?sslmode=disable`);
  expect(ruling).toMatchObject({
    kind: "take",
    stored: { versions: [{ value: { role: "postgres", password: `${good}@` } }] },
    warnings: [
      "has another address or database than its url in soloflow.toml, which is what the app gets",
      'logs in as "postgres", which is none of its two roles: the agent leaves that role alone',
    ],
  });
});

test("what is no address and a password beyond ASCII are refused", () => {
  expect(rule("DATABASE_URL", good)).toMatchObject({
    kind: "refused",
    why: "does not have the form of its url in soloflow.toml",
  });
  expect(rule("DATABASE_URL", `postgres://shop_a:${good}ä@database:5432/shop`).kind).toBe("refused");
  expect(rule("POSTGRES_PASSWORD", `${good}ä`).kind).toBe("refused");
});

test("no ruling but the taken one contains the value", () => {
  for (const name of Object.keys(config.secret)) {
    for (const value of ["changeme-canary", "canary", "ä-canary", "postgres://canary:canary@canary/canary"]) {
      const ruling = rule(name, value);
      if (ruling.kind !== "take") expect(JSON.stringify(ruling)).not.toContain("canary");
      else expect(ruling.warnings.join()).not.toContain(value);
    }
  }
});
