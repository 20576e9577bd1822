import { Client } from "pg";
import { describeError } from "../log.ts";

/** The wait for the database ended; `last` is why the last try failed. Trying again later may help. */
export class DatabaseUnreachable extends Error {
  constructor(waitedMs: number, last: unknown) {
    super(`the database did not answer within ${Math.round(waitedMs / 1000)} s (${describeError(last)})`);
  }
}

/** Codes that pass by themselves: not there yet, no name yet, starting, stopping, too many connections. */
const PASSING = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "57P01",
  "57P02",
  "57P03",
  "53300",
]);
const PAUSE_MS = 200;
const ATTEMPT_MS = 3_000;

/**
 * A connection to the database, waited for at most `waitMs`. What waiting does
 * not cure (a wrong password, no such database) is thrown at once.
 */
export async function connect(databaseUrl: string, waitMs: number): Promise<Client> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const client = new Client({
      connectionString: databaseUrl,
      application_name: "soloflow-migrate",
      connectionTimeoutMillis: ATTEMPT_MS,
      keepAlive: true,
    });
    // A connection that breaks later rejects the query under way; unheard here it would end the process first.
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (!passes(error)) throw error;
      if (Date.now() + PAUSE_MS > deadline) throw new DatabaseUnreachable(waitMs, error);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function passes(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  // pg gives these two no code: its own deadline, and a server that hangs up during the greeting.
  const spoken = /timeout expired|terminated|timed out/i.test(message ?? "");
  return code === undefined ? spoken : PASSING.has(code);
}
