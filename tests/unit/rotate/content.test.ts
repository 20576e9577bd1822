import { expect, test } from "bun:test";
import {
  contractedSecrets,
  curedSecrets,
  expandedIssues,
  issuedBy,
  stagedSecrets,
} from "../../../agent/plan/rotate/content.ts";
import { secretStates } from "../../../agent/plan/rotate/secret-states.ts";
import type { Secrets } from "../../../agent/plan/secrets.ts";
import { named, planFor, rotationOf, STATES } from "./asked.ts";

const createdAt = "2026-01-01T00:00:00.000Z";
const text = (value: string, n = 1) => ({ n, value, createdAt });
const login = (role: string, password: string, n = 1) => ({
  n,
  value: { role, password },
  createdAt,
  salt: "s",
});

const BEFORE: Secrets = {
  API_KEY_PEPPER: { kind: "pepper", versions: [text("old")] },
  DATABASE_URL: { kind: "database", versions: [login("shop_a", "old")] },
  OTHER: { kind: "external", versions: [text("other")] },
};
const FRESH: Secrets = {
  API_KEY_PEPPER: { kind: "pepper", versions: [text("new")] },
  DATABASE_URL: { kind: "database", versions: [login("shop_b", "new")] },
};
const { names } = planFor({ states: STATES, wish: named("API_KEY_PEPPER", "DATABASE_URL") });
const STAGED = stagedSecrets(BEFORE, names, FRESH);

const numbers = (secrets: Secrets, name = "API_KEY_PEPPER") => secrets[name]?.versions.map(({ n }) => n);

test("staged, the new value issues under a new number and the old one is accepted; nothing else changes", () => {
  expect(numbers(STAGED)).toEqual([2, 1]);
  expect(STAGED.OTHER).toEqual(BEFORE.OTHER);
  expect(stagedSecrets(STAGED, names, FRESH)).toEqual(STAGED);
});

test("expanded, the old one issues of every name", () => {
  expect(expandedIssues({ names })).toEqual({ API_KEY_PEPPER: 1, DATABASE_URL: 1 });
  const [first] = (STAGED.API_KEY_PEPPER && issuedBy(STAGED.API_KEY_PEPPER, 1).versions) ?? [];
  expect(first?.value).toBe("old");
});

test("cured, the old one issues and the new one is accepted; contracted, the new one is gone", () => {
  const cured = curedSecrets(STAGED, { names });
  expect(numbers(cured)).toEqual([1, 2]);
  expect(curedSecrets(cured, { names })).toEqual(cured);
  const rotation = rotationOf({ names }, { cured: true });
  expect(
    contractedSecrets(
      cured,
      rotation,
      names.map(({ name }) => name),
    ),
  ).toEqual(BEFORE);
});

test("contracted, only what may be closed loses its old value, and the last value stays", () => {
  const rotation = rotationOf({ names });
  const contracted = contractedSecrets(STAGED, rotation, ["API_KEY_PEPPER"]);
  expect([numbers(contracted), numbers(contracted, "DATABASE_URL")]).toEqual([[2], [2, 1]]);
  expect(contractedSecrets(BEFORE, rotation, ["API_KEY_PEPPER"])).toEqual(BEFORE);
});

test("of what leaked nothing old stays", () => {
  const [pepper] = names;
  const longer: Secrets = {
    API_KEY_PEPPER: { kind: "pepper", versions: [text("c", 3), text("b", 2), text("a")] },
  };
  const rotation = rotationOf(
    { names: pepper ? [{ ...pepper, from: 2, to: 3 }] : [] },
    { cause: "compromised" },
  );
  expect(numbers(contractedSecrets(longer, rotation, ["API_KEY_PEPPER"]))).toEqual([3]);
});

test("a role that takes its turn loses the password it had", () => {
  const fresh: Secrets = { DATABASE_URL: { kind: "database", versions: [login("shop_a", "newer")] } };
  const again = stagedSecrets(STAGED, [{ ...(names[1] as (typeof names)[0]), from: 2, to: 3 }], fresh);
  expect(numbers(again, "DATABASE_URL")).toEqual([3, 2]);
});

test("a form that does not suit is refused, a missing value too", () => {
  const fresh: Secrets = {
    ...FRESH,
    API_KEY_PEPPER: { kind: "superuser", versions: [{ ...text("x"), salt: "s" }] },
  };
  expect(() => stagedSecrets(BEFORE, names, fresh)).toThrow("cannot become superuser");
  expect(() => stagedSecrets(BEFORE, names, {})).toThrow("there is no value for API_KEY_PEPPER");
});

test("a state tells numbers, times and roles, and no value", () => {
  expect(JSON.stringify(secretStates(STAGED))).not.toMatch(/"(old|new|other)"/);
  expect(secretStates(STAGED)[1]?.versions[0]).toEqual({ n: 2, createdAt, role: "shop_b" });
});
