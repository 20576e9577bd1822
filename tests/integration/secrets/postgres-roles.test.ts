import { afterAll, beforeAll, expect, test } from "bun:test";
import { exec } from "../../../agent/host/exec.ts";
import { randomSalt, randomValue } from "../../../agent/host/secret-store/random-value.ts";
import { type DatabaseRoles, type PostgresRoles, rolesSql } from "../../../agent/plan/database-roles.ts";
import { scramVerifier } from "../../../agent/plan/scram.ts";
import { startPostgres, type TestPostgres, withSql } from "../../support/postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 180_000);
afterAll(() => postgres?.[Symbol.asyncDispose]());

/** As the deploy does: standard input of psql inside the container, over its trusted socket. */
async function apply(roles: PostgresRoles): Promise<string> {
  const argv = [
    "docker",
    "exec",
    "-i",
    postgres.container.name,
    "psql",
    "-X",
    "-U",
    "postgres",
    "-d",
    "postgres",
  ];
  const outcome = await exec({ argv: argv as [string], stdin: rolesSql(roles) }, { timeoutMs: 30_000 });
  if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  return outcome.stdout + outcome.stderr;
}

type Login = { role: string; password: ReturnType<typeof randomValue>; verifier: string };

function login(role: string): Login {
  const password = randomValue(32);
  return { role, password, verifier: scramVerifier(password, randomSalt()) };
}

const wanted = (
  name: string,
  logins: readonly Login[],
  more: Partial<DatabaseRoles> = {},
): PostgresRoles => ({
  service: "database",
  databases: [{ database: name, owner: `${name}_owner`, roles: [`${name}_a`, `${name}_b`], logins, ...more }],
});

const query = (text: string): Promise<Record<string, unknown>[]> =>
  withSql(postgres.url, (sql) => sql.unsafe(text));

const as = <T>(who: Login, database: string, text: string): Promise<T[]> =>
  withSql(
    postgres.urlOf(encodeURIComponent(who.role), encodeURIComponent(database), who.password.reveal()),
    (sql) => sql.unsafe(text),
  );

/** Everything that rolesSql may touch, with the transaction that wrote each row last. */
const catalog = () =>
  query(`
    select 'role' what, rolname::text name, xmin::text, rolpassword::text, rolcanlogin::text from pg_authid
    union all select 'member', roleid::text || member::text, xmin::text, '', '' from pg_auth_members
    union all select 'setting', setrole::text, xmin::text, setconfig::text, '' from pg_db_role_setting
    union all select 'database', datname::text, xmin::text, datdba::text, '' from pg_database
    order by 1, 2`);

test("an empty server gets owner, roles and database, and the active role works as the owner", async () => {
  const a = login("shop_a");
  expect(await apply(wanted("shop", [a]))).toBe("");
  await as(a, "shop", "create table t (x int); create schema s; insert into t values (1)");
  expect(await as(a, "shop", "select current_user::text u, session_user::text s")).toEqual([
    { u: "shop_owner", s: "shop_a" },
  ]);
  const [table] = await as<object>(
    a,
    "shop",
    "select tableowner::text o from pg_tables where tablename = 't'",
  );
  expect(table).toEqual({ o: "shop_owner" });
  expect(
    await query(`select rolname::text n, rolcanlogin l, rolsuper s, rolpassword is null p
      from pg_authid where rolname like 'shop%' order by 1`),
  ).toEqual([
    { n: "shop_a", l: true, s: false, p: false },
    { n: "shop_b", l: false, s: false, p: true },
    { n: "shop_owner", l: false, s: false, p: true },
  ]);
  expect(
    await query("select pg_get_userbyid(datdba)::text o from pg_database where datname = 'shop'"),
  ).toEqual([{ o: "shop_owner" }]);
});

test("a second run writes nothing", async () => {
  const roles = wanted("calm", [login("calm_a")]);
  await apply(roles);
  const before = await catalog();
  expect(await apply(roles)).toBe("");
  expect(await catalog()).toEqual(before);
});

test("the roles take turns: both may log in while they overlap, then the old one may not", async () => {
  const [a, b] = [login("turn_a"), login("turn_b")];
  await apply(wanted("turn", [a]));
  await as(a, "turn", "create table t (x int)");
  await expect(as(b, "turn", "select 1")).rejects.toThrow();
  await apply(wanted("turn", [b, a]));
  for (const who of [a, b])
    await as(who, "turn", "insert into t values (1); alter table t add column if not exists y int");
  await apply(wanted("turn", [b]));
  await expect(as(a, "turn", "select 1")).rejects.toThrow();
  expect(await as<object>(b, "turn", "select count(*)::int n from t")).toEqual([{ n: 2 }]);
});

test("a new password of the same role takes the place of the old one", async () => {
  const [old, next] = [login("same_a"), login("same_a")];
  await apply(wanted("same", [old]));
  await apply(wanted("same", [next]));
  await as(next, "same", "select 1");
  await expect(as(old, "same", "select 1")).rejects.toThrow();
});

test("what a person changed is put right: ownership, membership, acting role, an owner that may log in", async () => {
  const a = login("mend_a");
  await apply(wanted("mend", [a]));
  await query("alter database mend owner to postgres");
  await query("revoke mend_owner from mend_a");
  await query("alter role mend_a reset role");
  await query("alter role mend_owner login");
  await query("alter role mend_b login password 'x'");
  await withSql(postgres.urlOf("postgres", "mend"), (sql) => sql`alter schema public owner to postgres`);
  await apply(wanted("mend", [a]));
  await as(a, "mend", "create table public.t (x int)");
  expect(await as<object>(a, "mend", "select current_user::text u")).toEqual([{ u: "mend_owner" }]);
  expect(
    await query("select rolname::text n from pg_roles where rolcanlogin and rolname like 'mend%'"),
  ).toEqual([{ n: "mend_a" }]);
});

test("a database that exists keeps its content", async () => {
  const url = await postgres.createDatabase("kept");
  await withSql(url, (sql) => sql.unsafe("create table t (x int); insert into t values (7)"));
  await apply(wanted("kept", [login("kept_a")]));
  expect(await withSql(url, (sql) => sql`select x from t`)).toEqual([{ x: 7 }] as never);
});

test("names with quotes, backslashes, blanks and equals signs stay what they are", async () => {
  for (const name of ["o'hara\"s", "back\\slash", "a=b c", ":var", "%I%s$1", "Ünï cöde", "postgresql:x"]) {
    const a = login(`${name}_a`);
    await apply(wanted(name, [a]));
    expect(await as<object>(a, name, "select current_database()::text d, current_user::text u")).toEqual([
      { d: name, u: `${name}_owner` },
    ]);
  }
}, 60_000);

test("a name that PostgreSQL would cut off or cannot keep is refused", () => {
  for (const name of ["", "x".repeat(58), "a\nb", "a\0b"]) {
    expect(() => rolesSql(wanted(name, []))).toThrow("cannot name a role or database");
  }
});

test("the superuser's password becomes the given one", async () => {
  const superuser = login("postgres");
  const before = await query("select rolpassword::text p from pg_authid where rolname = 'postgres'");
  try {
    await apply({ service: "database", superuser, databases: [] });
    expect(await as<object>(superuser, "postgres", "select 1 x")).toEqual([{ x: 1 }]);
  } finally {
    const old = String(before[0]?.p);
    await apply({ service: "database", superuser: { role: "postgres", verifier: old }, databases: [] });
  }
  await query("select 1");
});

test("no verifier gets into the server's log, not even when it logs every statement or one fails", async () => {
  await query("alter system set log_statement = 'all'");
  await query("select pg_reload_conf()");
  try {
    const a = login("quiet_a");
    await apply(wanted("quiet", [a]));
    const failing = wanted("quiet", [{ ...a, role: "pg_quiet" }], { roles: ["pg_quiet", "quiet_b"] });
    await expect(apply(failing)).rejects.toThrow("pg_");
    const log = await postgres.container.logs();
    expect(log).toContain("statement:");
    expect(log).not.toContain("SCRAM-SHA-256$");
  } finally {
    await query("alter system reset log_statement");
    await query("select pg_reload_conf()");
  }
});

test("one server may have several databases, each with roles of its own", async () => {
  const [a, b] = [login("left_a"), login("right_b")];
  const databases = [...wanted("left", [a]).databases, ...wanted("right", [b]).databases];
  await apply({ service: "database", databases });
  for (const [who, name] of [
    [a, "left"],
    [b, "right"],
  ] as const) {
    await as(who, name, "create table t (x int)");
  }
  await expect(as(a, "right", "create table u (x int)")).rejects.toThrow("permission denied");
});

test("runs at the same time all succeed", async () => {
  for (const name of ["twice", "once-more"]) {
    const roles = wanted(name, [login(`${name}_a`)]);
    expect(await Promise.all([apply(roles), apply(roles), apply(roles)])).toEqual(["", "", ""]);
  }
});
