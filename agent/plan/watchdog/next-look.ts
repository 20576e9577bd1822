import { isHeld } from "./holds.ts";
import type { Condition, Watched } from "./live.ts";
import type { ProbeKind, WatchPolicy } from "./model.ts";
import { asksLife, isOverdue } from "./overdue.ts";
import type { WatchState } from "./state.ts";
import { isLife, isProven, policyOf, type Turn, watchedOf } from "./turn.ts";

/**
 * Milliseconds from the start of the last look at a container to the next; undefined: it is not to be asked now,
 * because it does not run, is held, is just being restarted, has no probe, or the engine is down.
 */
export function nextLook(policy: WatchPolicy, state: WatchState, instance: string): number | undefined {
  const { durable, live } = state;
  const watched = live.instances[instance];
  if (watched === undefined || watched.facts.state !== "running" || durable.engineDown) return undefined;
  const turn: Turn = { policy, at: live.at, random: 0, durable, live, actions: [] };
  if (!policyOf(turn, watched.facts.service).probed || isHeld(turn, watched)) return undefined;
  const acted = durable.acts.some((act) => act.what === "restart" && isLife(act, watched.facts));
  if (acted) return undefined;
  const urgent = watched.askNow || isNeeded(turn, watched) || isUnproven(turn, watched);
  return urgent ? 0 : pace(policy, watched.condition);
}

/**
 * What it is to be asked next. Readiness until it is ready; but a start that takes too long is asked once whether it is
 * alive, before it is judged: a restart does not bring what it waits for.
 */
export function nextProbe({ policy, live }: Pick<Turn, "policy" | "live">, watched: Watched): ProbeKind {
  if (watched.condition === "failed") return "ready";
  if (watched.condition !== "starting") return "live";
  return isOverdue({ policy, at: live.at }, watched) && asksLife({ policy }, watched) ? "live" : "ready";
}

function pace(policy: WatchPolicy, condition: Condition): number {
  if (condition === "starting") return policy.startingEveryMs;
  return condition === "ready" ? policy.everyMs : policy.suspectEveryMs;
}

/** It has just become ready, and its liveness path is still to be believed: a hang before that would be nobody's. */
function isUnproven(turn: Turn, { condition, facts, strange }: Watched): boolean {
  const { hasLive } = policyOf(turn, facts.service);
  return condition === "ready" && hasLive === true && strange === 0 && !isProven(turn, facts.service);
}

/** Whoever needs it has fallen silent since it was asked last: whose fault it is depends on its answer. */
function isNeeded(turn: Turn, { condition, lastGoodAt = 0, facts }: Watched): boolean {
  if (condition !== "ready") return false;
  return Object.entries(turn.policy.services).some(
    ([service, { needs }]) =>
      needs.includes(facts.service) &&
      watchedOf(turn, service).some(
        ({ silentSince, since, condition: other }) =>
          (silentSince ?? (other === "down" || other === "reviving" ? since : 0)) > lastGoodAt,
      ),
  );
}
