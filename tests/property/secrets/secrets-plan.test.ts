import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Secrets } from "../../../agent/plan/secrets.ts";
import { readLogin, renderLogin } from "../../../agent/plan/secrets-database.ts";
import { deliveredText, filesOf } from "../../../agent/plan/secrets-deliver.ts";
import { ensureFaults, planEnsure } from "../../../agent/plan/secrets-ensure.ts";
import { ruleOn } from "../../../agent/plan/secrets-take.ts";
import { secretsConfig } from "../../support/secrets-config.ts";

const config = secretsConfig();
const options = { at: "2026-01-02T03:04:05.000Z", salt: "c2FsdHNhbHRzYWx0c2FsdA==", acceptWeak: false };
const strong = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/).filter((text) => new Set(text).size > 8);
const printable = fc.string({
  unit: fc.constantFrom(..."aZ09%@:/?#&=+ $'\"\\{}"),
  minLength: 1,
  maxLength: 20,
});

const given = fc.record(
  {
    API_KEY_PEPPER: strong,
    BETTER_AUTH_SECRET: strong,
    DATABASE_URL: strong.map((password) => `postgres://shop_a:${password}@database:5432/shop`),
    POSTGRES_PASSWORD: strong,
    STRIPE_SECRET_KEY: strong,
  },
  { requiredKeys: [] },
);

function taken(values: Readonly<Record<string, string>>, before: Secrets): Secrets {
  const after: Record<string, Secrets[string]> = { ...before };
  for (const [name, value] of Object.entries(values)) {
    const ruling = ruleOn(config, before, { name, value }, { ...options, acceptWeak: true });
    if (ruling.kind === "take") after[name] = ruling.stored;
  }
  return after;
}

test("a login survives being written into any form of address", () => {
  const forms = [
    "postgres://{role}:{password}@db:5432/x",
    "jdbc:postgresql://db/x?user={role}&password={password}",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...forms), printable, printable, (url, role, password) => {
      expect(readLogin(url, renderLogin(url, { role, password }))).toEqual({
        role,
        password,
        elsewhere: false,
      });
    }),
  );
});

test("what an app was given comes back when it is exported and imported elsewhere", () => {
  fc.assert(
    fc.property(given, (values) => {
      const first = taken(values, {});
      const delivered = Object.fromEntries(
        Object.entries(first).map(([name, stored]) => [name, deliveredText(config, name, stored)]),
      );
      expect(delivered).toEqual(values);
      expect(taken(delivered, {})).toEqual(first);
    }),
  );
});

test("values given again change nothing", () => {
  fc.assert(
    fc.property(given, (values) => {
      const first = taken(values, {});
      for (const [name, value] of Object.entries(values)) {
        expect(ruleOn(config, first, { name, value }, options).kind).toBe("same");
      }
    }),
  );
});

test("a plan carried out leaves nothing to make; with data, nothing is ever made", () => {
  fc.assert(
    fc.property(given, fc.boolean(), (values, dataExists) => {
      const secrets = taken(values, {});
      const plan = planEnsure(config, secrets, dataExists);
      if (dataExists) expect(plan.make).toEqual([]);
      const missing = Object.keys(config.secret).filter(
        (name) => secrets[name] === undefined && config.secret[name]?.kind !== "external",
      );
      expect([...plan.make.map((make) => make.name), ...plan.unknown]).toEqual(missing);
      expect(ensureFaults(plan).length > 0).toBe(dataExists && missing.length > 0);
    }),
  );
});

test("no service ever gets a value that is not for it", () => {
  fc.assert(
    fc.property(
      given,
      fc.array(fc.constantFrom("gateway", "provider", "database", "ingress")),
      (values, services) => {
        for (const { service, files } of filesOf(config, taken(values, {}), services)) {
          for (const name of Object.keys(files)) expect(config.secret[name]?.for).toContain(service);
        }
      },
    ),
  );
});
