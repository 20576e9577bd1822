import type { Watched } from "./live.ts";
import type { WatchPolicy } from "./model.ts";
import { type Turn, watchedOf } from "./turn.ts";

/** What a restart may cure, since when, and in words; undefined while nothing is. */
export type Trouble = { kind: "silent" | "failed" | "down" | "orphaned"; since: number; cause: string };

export function troubleOf(
  { policy, at }: { policy: WatchPolicy; at: number },
  watched: Watched,
): Trouble | undefined {
  const { condition, cause, since, silentSince, orphanedSince } = watched;
  if (orphanedSince !== undefined && condition !== "stopped" && at - orphanedSince >= policy.orphanMs)
    return {
      kind: "orphaned",
      since: orphanedSince,
      cause: "its network is that of a container that is no more",
    };
  if (condition === "unhealthy") return { kind: "silent", since: silentSince ?? since, cause };
  if (condition === "failed") return { kind: "failed", since, cause };
  return condition === "down" ? { kind: "down", since, cause } : undefined;
}

/** The sick ones of these services; whoever suffers longest is mended first. */
export function longestSickFirst(turn: Turn, services: readonly string[]): readonly string[] {
  const sick: { service: string; since: number }[] = [];
  for (const service of services)
    for (const watched of watchedOf(turn, service)) {
      const trouble = troubleOf(turn, watched);
      if (trouble !== undefined && sick.at(-1)?.service !== service)
        sick.push({ service, since: trouble.since });
    }
  return sick.length === 0 ? [] : sick.sort((a, b) => a.since - b.since).map(({ service }) => service);
}
