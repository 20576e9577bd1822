import { Pool } from "pg";
import { config } from "../config/config.ts";
import { describeError, log } from "../log.ts";
import { onceAProcess } from "../once-a-process.ts";

/**
 * Every wait has an end, each a little longer than the one inside it: the
 * server stops a statement after 5 s, and a server that no longer answers is
 * given up after 6 s, so that a customer is told within 10 s at the worst.
 */
const DEADLINES = {
  connectionTimeoutMillis: 3_000,
  statement_timeout: 5_000,
  lock_timeout: 4_000,
  idle_in_transaction_session_timeout: 10_000,
  query_timeout: 6_000,
} as const;

/** The one pool of this process, opened at first use. Two colours of ten connections each stay far below PostgreSQL's 100. */
export function pool(): Pool {
  return onceAProcess("pool", open);
}

function open(): Pool {
  const made = new Pool({
    connectionString: config().databaseUrl,
    application_name: "soloflow-provider",
    max: 10,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    ...DEADLINES,
  });
  // An idle connection that breaks (the database restarts) is replaced by the pool; unheard, it would end the process.
  made.on("error", (error) => log("warn", "a database connection was lost", { error: describeError(error) }));
  return made;
}
