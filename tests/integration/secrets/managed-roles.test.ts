import { expect, test } from "bun:test";
import { Secret } from "../../../agent/core/secret.ts";
import { scramVerifier } from "../../../agent/plan/scram.ts";
import type { Secrets } from "../../../agent/plan/secrets.ts";
import { commitSecrets } from "../../../agent/run/secrets/commit-secrets.ts";
import { postgresRoles } from "../../../agent/run/secrets/postgres-roles.ts";
import { secretsConfig } from "../../support/secrets-config.ts";
import { type SecretsProject, secretsProject } from "../../support/secrets-project.ts";

const createdAt = "2026-01-02T03:04:05.000Z";
const salt = "c2FsdHNhbHRzYWx0c2FsdA==";
const login = (n: number, role: string) => ({ n, value: { role, password: `pw-${role}` }, createdAt, salt });
const verifier = (role: string) => ({ role, verifier: scramVerifier(new Secret(`pw-${role}`), salt) });

const superuser: Secrets = {
  POSTGRES_PASSWORD: { kind: "superuser", versions: [{ n: 1, value: "pw-postgres", createdAt, salt }] },
};

async function stored(world: SecretsProject, database: readonly ReturnType<typeof login>[]) {
  const [first, ...rest] = database;
  if (first === undefined) throw new Error("no login");
  const secrets: Secrets = { ...superuser, DATABASE_URL: { kind: "database", versions: [first, ...rest] } };
  await commitSecrets(world.host, world.project, secrets, world.progress);
}

const shop = { database: "shop", owner: "shop_owner", roles: ["shop_a", "shop_b"] };

test("one login is active, the superuser has its own", async () => {
  using world = secretsProject();
  await stored(world, [login(1, "shop_a")]);
  expect(await postgresRoles(world.host, world.project)).toEqual([
    {
      service: "database",
      superuser: verifier("postgres"),
      databases: [{ ...shop, roles: ["shop_a", "shop_b"], logins: [verifier("shop_a")] }],
    },
  ]);
});

test("while two versions are accepted, both roles may log in, the first of them is given out", async () => {
  using world = secretsProject();
  await stored(world, [login(2, "shop_b"), login(1, "shop_a")]);
  const [roles] = await postgresRoles(world.host, world.project);
  expect(roles?.databases[0]?.logins).toEqual([verifier("shop_b"), verifier("shop_a")]);
});

test("verifiers are the same each time, so that nothing is altered for nothing", async () => {
  using world = secretsProject();
  await stored(world, [login(1, "shop_a")]);
  expect(await postgresRoles(world.host, world.project)).toEqual(
    await postgresRoles(world.host, world.project),
  );
});

test("a login that was taken over is left alone, and the superuser's password beside it", async () => {
  using world = secretsProject();
  await stored(world, [login(1, "postgres")]);
  expect(await postgresRoles(world.host, world.project)).toEqual([]);
});

test("beside a taken-over login the other databases of the server are kept, its superuser is not touched", async () => {
  using world = secretsProject();
  const project = world.withConfig(
    secretsConfig(
      '[secret.OTHER_URL]\nkind = "database"\nfor = ["provider"]\ndatabase = "other"\nowner = "o"\nroles = ["o_a", "o_b"]\n',
    ),
  );
  const secrets: Secrets = {
    ...superuser,
    DATABASE_URL: { kind: "database", versions: [login(1, "postgres")] },
    OTHER_URL: { kind: "database", versions: [login(1, "o_b")] },
  };
  await commitSecrets(world.host, project, secrets, world.progress);
  expect(await postgresRoles(world.host, project)).toEqual([
    {
      service: "database",
      superuser: undefined,
      databases: [{ database: "other", owner: "o", roles: ["o_a", "o_b"], logins: [verifier("o_b")] }],
    },
  ]);
});

test("the superuser has the name that its container says", async () => {
  using world = secretsProject();
  await stored(world, [login(1, "shop_a")]);
  const [roles] = await postgresRoles(world.host, world.project, { database: "admin" });
  expect(roles?.superuser?.role).toBe("admin");
});

test("without a store there are no roles", async () => {
  using world = secretsProject();
  expect(await postgresRoles(world.host, world.project)).toEqual([]);
});
