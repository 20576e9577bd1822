import type { Watched } from "./live.ts";

/** What was held against it is forgotten: who comes out of a hold, a starved round or a block is looked at anew. */
export function lookAnew(watched: Watched, at: number): Watched {
  const forgotten = {
    ...watched,
    failures: 0,
    goods: 0,
    silentSince: undefined,
    goodSince: undefined,
    alive: undefined,
  };
  const fresh = { ...forgotten, evidenceAt: undefined, answeredAt: undefined, lookedFrom: at };
  if (watched.condition === "failed") return { ...fresh, condition: "starting", since: at };
  const sick = watched.condition === "unhealthy" || watched.condition === "slow";
  return sick ? { ...fresh, condition: "suspect", since: at } : fresh;
}
