import { sqlLiteral, sqlName } from "./sql-quote.ts";

/** One PostgreSQL server's roles as they should be. */
export type PostgresRoles = {
  /** The Compose service that runs it. */
  service: string;
  /** The superuser's name (POSTGRES_USER) and verifier; undefined leaves its password alone. */
  superuser?: RoleVerifier | undefined;
  databases: readonly DatabaseRoles[];
};

export type RoleVerifier = { role: string; verifier: string };

export type DatabaseRoles = {
  database: string;
  /** NOLOGIN; owns the database and everything that the apps make. */
  owner: string;
  /** The two that take turns, members of the owner. */
  roles: readonly [string, string];
  /** Those of the two that may log in now; the first one is what the apps are given. */
  logins: readonly RoleVerifier[];
};

/**
 * A psql script for the superuser, connected to any database, by standard input: it contains verifiers. It changes
 * only what differs, so a second run does nothing; it ends at the first error.
 */
export function rolesSql({ superuser, databases }: PostgresRoles): string {
  return [
    PREAMBLE,
    "BEGIN;",
    ...databases.flatMap(roleStatements),
    ...(superuser === undefined ? [] : [password(superuser)]),
    "COMMIT;",
    ...databases.flatMap(databaseStatements),
    ...databases.flatMap(schemaStatements),
    "",
  ].join("\n");
}

/**
 * Verifiers must not get into the server's log or into pg_stat_statements. Synchronous commit is what PostgreSQL
 * does by default; a server tuned otherwise could forget a role that the next container needs. The lock goes with
 * the session: of two runs at once both would find a role missing.
 */
const PREAMBLE = [
  "\\set ON_ERROR_STOP on",
  "\\set QUIET on",
  "\\set VERBOSITY terse",
  "\\encoding UTF8",
  "SET client_min_messages = warning;",
  "SET standard_conforming_strings = on;",
  "SET log_statement = 'none';",
  "SET log_min_duration_statement = -1;",
  "SET log_min_error_statement = 'panic';",
  "SET pg_stat_statements.track_utility = off;",
  "SET synchronous_commit = on;",
  "SELECT pg_advisory_lock(hashtext('soloflow roles')) \\g /dev/null",
].join("\n");

function roleStatements({ owner, roles, logins }: DatabaseRoles): string[] {
  return [
    createRole(owner),
    run(["ALTER ROLE %I NOLOGIN", owner], `rolname = ${sqlName(owner)} AND rolcanlogin`, "pg_roles"),
    ...roles.flatMap((role) => {
      const login = logins.find((entry) => entry.role === role);
      return [
        createRole(role),
        run(["GRANT %I TO %I", owner, role], `${NOT_YET} ${memberOf(role, owner)}`),
        run(["ALTER ROLE %I SET role = %L", role, owner], `${NOT_YET} ${actsAs(role, owner)}`),
        ...(login === undefined ? [retire(role)] : [password(login), mayLogIn(role)]),
      ];
    }),
  ];
}

const NOT_YET = "NOT EXISTS";

function createRole(role: string): string {
  return run(
    ["CREATE ROLE %I NOLOGIN", role],
    `${NOT_YET} (SELECT FROM pg_roles WHERE rolname = ${sqlName(role)})`,
  );
}

function password({ role, verifier }: RoleVerifier): string {
  const differs = `rolname = ${sqlName(role)} AND rolpassword IS DISTINCT FROM ${sqlLiteral(verifier)}`;
  return run(["ALTER ROLE %I PASSWORD %L", role, verifier], differs, "pg_authid");
}

function mayLogIn(role: string): string {
  return run(["ALTER ROLE %I LOGIN", role], `rolname = ${sqlName(role)} AND NOT rolcanlogin`, "pg_roles");
}

function retire(role: string): string {
  const active = `rolname = ${sqlName(role)} AND (rolcanlogin OR rolpassword IS NOT NULL)`;
  return run(["ALTER ROLE %I NOLOGIN PASSWORD NULL", role], active, "pg_authid");
}

function memberOf(role: string, owner: string): string {
  return `(SELECT FROM pg_auth_members JOIN pg_roles r ON r.oid = member JOIN pg_roles o ON o.oid = roleid
  WHERE r.rolname = ${sqlName(role)} AND o.rolname = ${sqlName(owner)})`;
}

function actsAs(role: string, owner: string): string {
  return `(SELECT FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
  WHERE s.setdatabase = 0 AND r.rolname = ${sqlName(role)} AND ${sqlLiteral(`role=${owner}`)} = ANY (s.setconfig))`;
}

/** CREATE DATABASE knows no transaction. */
function databaseStatements({ database, owner }: DatabaseRoles): string[] {
  const missing = `${NOT_YET} (SELECT FROM pg_database WHERE datname = ${sqlName(database)})`;
  const foreign = `datname = ${sqlName(database)} AND pg_get_userbyid(datdba) <> ${sqlName(owner)}`;
  return [
    run(["CREATE DATABASE %I OWNER %I", database, owner], missing),
    run(["ALTER DATABASE %I OWNER TO %I", database, owner], foreign, "pg_database"),
  ];
}

/** A schema's owner is set inside of its own database. */
function schemaStatements({ database, owner }: DatabaseRoles): string[] {
  const foreign = `nspname = 'public' AND pg_get_userbyid(nspowner) <> ${sqlName(owner)}`;
  return [
    `\\connect -reuse-previous=on ${connection(database)}`,
    PREAMBLE,
    run(["ALTER SCHEMA public OWNER TO %I", owner], foreign, "pg_namespace"),
  ];
}

/** A bare name with "=" in it would be read as a connection string, and quotes get lost in psql's arguments. */
function connection(database: string): string {
  return `postgresql:///${encodeURIComponent(database).replaceAll("'", "%27")}`;
}

/** Runs the statement, its `%I` and `%L` filled in by PostgreSQL itself, where the condition holds. */
function run([form, ...values]: readonly [string, ...string[]], condition: string, from?: string): string {
  const filled = [form, ...values].map((value) => sqlLiteral(value)).join(", ");
  return `SELECT format(${filled})${from === undefined ? "" : ` FROM ${from}`} WHERE ${condition}\n\\gexec`;
}
