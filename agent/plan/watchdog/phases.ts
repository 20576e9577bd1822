import { leaseOn } from "./holds.ts";
import { ledgerOf } from "./ledger.ts";
import type { Condition } from "./live.ts";
import type { ServicePhase } from "./service-phase.ts";
import { lifeOf, liveOf, recordOf, servingOf, setLive, type Turn } from "./turn.ts";

const PHASE_OF: Readonly<Record<Condition, ServicePhase>> = {
  ...{ starting: "starting", ready: "ready", suspect: "suspect", unhealthy: "unhealthy", slow: "slow" },
  ...{ failed: "failed", reviving: "starting", down: "failed", stopped: "stopped" },
};

/**
 * A service shows its phase; a line for `events` where it has changed. Who has seen neither a list nor that the engine
 * is away knows of none.
 */
export function showPhase(turn: Turn, service: string): void {
  if (!turn.live.listed && turn.live.engineDownAt === undefined) return;
  const before = liveOf(turn, service);
  const { phase, cause } = phaseNow(turn, service);
  if (before.phase === phase) {
    if (before.cause !== cause) setLive(turn, service, { cause });
    return;
  }
  setLive(turn, service, { phase, cause, since: turn.at });
  turn.actions.push({ type: "event", service, from: before.phase, to: phase, cause });
}

/** Of the reasons for which it is as it is, the one that rules what the watchdog does. */
function phaseNow(turn: Turn, service: string): { phase: ServicePhase; cause: string } {
  const { durable } = turn;
  if (durable.engineDown) return { phase: "engine-down", cause: "the docker engine does not answer" };
  const lease = leaseOn(turn, service);
  if (lease !== undefined) return { phase: "held", cause: `held by ${lease.by}` };
  const serving = servingOf(turn, service);
  if (serving === undefined) return { phase: "stopped", cause: "it has no container" };
  const { instance, state } = serving.facts;
  const person = lifeOf(turn, instance)?.person;
  if (person !== undefined)
    return {
      phase: "held",
      cause: state === "paused" ? "a person has paused it" : "a person has stopped it",
    };
  if (durable.acts.some((act) => act.what === "restart" && act.instance === instance))
    return { phase: "restarting", cause: serving.cause };
  const { circuit } = recordOf(turn, ledgerOf(turn, serving.facts));
  if (circuit !== undefined) return { phase: circuit.state, cause: circuit.why };
  const { blocked } = liveOf(turn, service);
  if (blocked !== undefined) return { phase: "blocked", cause: `${blocked.by} is not ready` };
  return { phase: PHASE_OF[serving.condition], cause: serving.cause };
}
