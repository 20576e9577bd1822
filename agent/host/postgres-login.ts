import type { Secret } from "../core/secret.ts";

export type Login = {
  /** Of the container, never a loopback: the images trust theirs. */
  address: string;
  port: number;
  database: string;
  role: string;
  password: Secret;
  timeoutMs: number;
};

/** "refused": the server answered, and the login is not good; `failed` says why there was no verdict. */
export type LoginVerdict = "accepted" | "refused" | { failed: string };

export type Postgres = {
  /** Logs in over the network as an app would, and leaves at once. */
  login(login: Login): Promise<LoginVerdict>;
};

/** SQLSTATE class 28: invalid authorization (PostgreSQL's manual, appendix A). */
const REFUSED = /^28/;

export const systemPostgres: Postgres = {
  async login({ address, port, database, role, password, timeoutMs }) {
    // Not imported: by its name alone the client is loaded, 0.7 MB of a watchdog that never logs in.
    const sql = new Bun.SQL({
      ...{ adapter: "postgres", hostname: address, port, database, username: role },
      ...{ password: password.reveal(), max: 1, connectionTimeout: Math.ceil(timeoutMs / 1_000), tls: false },
    });
    try {
      await sql`select 1`;
      return "accepted";
    } catch (thrown) {
      return verdictOf(thrown);
    } finally {
      await sql.close({ timeout: 0 });
    }
  },
};

function verdictOf(thrown: unknown): LoginVerdict {
  const { errno, message } = thrown as { errno?: unknown; message?: unknown };
  if (typeof errno === "string" && REFUSED.test(errno)) return "refused";
  return { failed: String(message) };
}
