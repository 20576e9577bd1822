import { z } from "zod";
import { reason } from "../../core/errors.ts";
import { foreignObjectsSql } from "../../plan/foreign-objects.ts";
import { psql, type Server, select } from "./psql.ts";

/** An object that belongs to somebody else, in words ("table public.orders"), and what changes that. */
export type ForeignObject = { what: string; statement: string };

const row = z.object({ what: z.string(), statement: z.string() });

/** An ALTER that waits for a lock holds up everybody behind it: it gives up after this and is tried again. */
const LOCK_TIMEOUT = "500ms";
const TRIES = 3;

/** What the owner role does not own yet in this database. Errors: as `psql`. */
export function foreignObjects(server: Server, database: string, owner: string): Promise<ForeignObject[]> {
  return select(server, { database, sql: foreignObjectsSql(owner) }, row);
}

/**
 * Gives every object to the owner, one statement each, so that an app is held up for an instant at most. What is busy is
 * tried three times; run again it goes on with what is left. `done` is told of each. Returns what could not be changed,
 * and why. Errors: as `psql`, when the objects cannot even be listed.
 */
export async function adoptOwners(
  server: Server,
  { database, owner }: { database: string; owner: string },
  done: (object: ForeignObject) => void,
): Promise<{ object: ForeignObject; why: string }[]> {
  const failed: { object: ForeignObject; why: string }[] = [];
  for (const object of await foreignObjects(server, database, owner)) {
    const why = await alter(server, database, object.statement);
    if (why === undefined) done(object);
    else failed.push({ object, why });
  }
  return failed;
}

async function alter(server: Server, database: string, statement: string): Promise<string | undefined> {
  let why: string | undefined;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      await psql(server, { database, sql: `SET lock_timeout = '${LOCK_TIMEOUT}';\n${statement};` });
      return undefined;
    } catch (thrown) {
      why = reason(thrown);
    }
  }
  return why;
}
