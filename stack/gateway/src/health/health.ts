import { withDeadline } from "../core/deadline.ts";
import { DatabaseAway } from "../database/database-away.ts";

/** What Spring's actuator would say, so that whoever watches one can watch the other. */
export type Health = { readonly status: "UP" } | { readonly status: "DOWN"; readonly reason: string };

export type HealthOptions = {
  readonly probe: () => Promise<void>;
  /** Ms of any clock that never goes back. */
  readonly now: () => number;
};

/** Whoever asks hears within this, in ms. */
export const HEALTH_DEADLINE_MS = 1000;

/** An answer serves everybody for this long, in ms: probes come every 50 ms while something starts. */
export const HEALTH_MEMO_MS = 200;

/** Makes the question "can requests be served?"; it never rejects, and asks the database once at a time. */
export function createHealth({ probe, now }: HealthOptions): () => Promise<Health> {
  let last: { readonly health: Promise<Health>; readonly askedAt: number } | undefined;
  let asking = false;

  async function ask(): Promise<Health> {
    asking = true;
    try {
      await withDeadline(probe(), HEALTH_DEADLINE_MS);
      return { status: "UP" };
    } catch (error) {
      return {
        status: "DOWN",
        reason: error instanceof DatabaseAway ? error.reason : "database does not answer",
      };
    } finally {
      asking = false;
    }
  }

  return () => {
    const askedAt = now();
    if (last && (asking || askedAt - last.askedAt < HEALTH_MEMO_MS)) return last.health;
    last = { health: ask(), askedAt };
    return last.health;
  };
}
