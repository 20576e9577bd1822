import { SQL } from "bun";

/**
 * Every query's deadline, in ms. Long enough for a machine that is busy building images; short enough that an ingress
 * which waits 2 s for an answer still gets this one.
 */
export const DATABASE_DEADLINE_MS = 1500;

/** The server gives up a little sooner, so that a mere lock does not cost the whole pool. */
const STATEMENT_TIMEOUT_MS = 1300;

/** Two colours of the gateway and the provider share PostgreSQL's usual 100 connections. */
const MAX_CONNECTIONS = 8;

/** A pool that connects when first used; `close` does not wait for what is still under way. */
export function connect(url: string): SQL & { close(): Promise<void> } {
  return new SQL(url, {
    max: MAX_CONNECTIONS,
    connectionTimeout: 2, // whole seconds; the deadline comes first
    idleTimeout: 300,
    connection: { application_name: "soloflow-gateway", statement_timeout: STATEMENT_TIMEOUT_MS },
  });
}
