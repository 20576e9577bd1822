import { Secret } from "../../agent/core/secret.ts";
import type { Login, LoginVerdict } from "../../agent/host/postgres-login.ts";
import { scramVerifier } from "../../agent/plan/scram.ts";

type Role = { mayLogIn: boolean; verifier: string | null };

/** The roles of a PostgreSQL in memory, as far as the agent's own scripts change and ask for them. */
export type PostgresInMemory = {
  roles: Map<string, Role>;
  /** Rows by version of the pepper. */
  keys: { n: number; count: number }[];
  /** Who is logged in now. */
  sessions: (role: string) => number;
  /** What psql says to a script; throws for one that it does not know. */
  psql(script: string): string;
  login(login: Pick<Login, "role" | "password">): LoginVerdict;
};

const FORMAT = /format\('((?:[^']|'')*)'((?:, '(?:[^']|'')*')+)\)/g;

export function postgresInMemory(): PostgresInMemory {
  const postgres: PostgresInMemory = {
    roles: new Map([["postgres", { mayLogIn: true, verifier: null }]]),
    keys: [],
    sessions: () => 0,
    psql(script) {
      if (script.includes("pg_advisory_lock")) {
        for (const [, form = "", values = ""] of script.matchAll(FORMAT)) alter(postgres.roles, form, values);
        return "";
      }
      const role = /usename = '([^']*)'/.exec(script)?.[1];
      if (script.includes("pg_terminate_backend")) return "";
      if (role !== undefined) return JSON.stringify([{ n: postgres.sessions(role) }]);
      if (script.includes('"pepper_version"')) return JSON.stringify(postgres.keys);
      throw new Error(`no such script: ${script}`);
    },
    login({ role, password }) {
      const { mayLogIn = false, verifier = null } = postgres.roles.get(role) ?? {};
      const salt = /^SCRAM-SHA-256\$\d+:([^$]*)\$/.exec(verifier ?? "")?.[1] ?? "";
      const isRight = mayLogIn && verifier === scramVerifier(new Secret(password.reveal()), salt);
      return isRight ? "accepted" : "refused";
    },
  };
  return postgres;
}

/** Each statement as PostgreSQL would do it where its condition holds: done again it changes nothing. */
function alter(roles: PostgresInMemory["roles"], form: string, values: string): void {
  const [name = "", value = ""] = [...values.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) => text);
  const role = roles.get(name) ?? { mayLogIn: false, verifier: null };
  if (form.startsWith("CREATE ROLE")) roles.set(name, role);
  if (form === "ALTER ROLE %I PASSWORD %L") roles.set(name, { ...role, verifier: value });
  if (form === "ALTER ROLE %I LOGIN") roles.set(name, { ...role, mayLogIn: true });
  if (form === "ALTER ROLE %I NOLOGIN") roles.set(name, { ...role, mayLogIn: false });
  if (form === "ALTER ROLE %I NOLOGIN PASSWORD NULL") roles.set(name, { mayLogIn: false, verifier: null });
}
