import { deadlineMs } from "./deadline.ts";
import type { Watched } from "./live.ts";
import { policyOf, type Turn } from "./turn.ts";

/** Whether a start takes longer than it may. */
export function isOverdue({ policy, at }: Pick<Turn, "policy" | "at">, watched: Watched): boolean {
  const since = Math.max(watched.lookedFrom, watched.facts.startedAt ?? 0);
  return at - since >= deadlineMs(policy, policyOf({ policy }, watched.facts.service));
}

/** Whether it is still to be asked if it is alive; without a liveness path nobody can. */
export function asksLife({ policy }: Pick<Turn, "policy">, { facts, alive, strange }: Watched): boolean {
  return policyOf({ policy }, facts.service).hasLive === true && alive === undefined && strange === 0;
}
