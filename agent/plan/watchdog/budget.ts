import { ledgerOf } from "./ledger.ts";
import type { WatchPolicy } from "./model.ts";
import type { Act, ServiceRecord } from "./records.ts";
import { recordOf, setRecord, type Turn } from "./turn.ts";

/** Why no restart may begin now, over all services or by this ledger; undefined: one may. */
export function budgetLack(turn: Turn, ledger: string): { kind: "wait" | "spent"; why: string } | undefined {
  const { policy, at, durable } = turn;
  if (durable.acts.some((act) => holdsSlot(turn, act)))
    return { kind: "wait", why: "another restart is under way" };
  if (at < recordOf(turn, ledger).notBefore) return { kind: "wait", why: "it was restarted lately" };
  if (durable.lastBegan !== undefined && at - durable.lastBegan < policy.spacingMs)
    return { kind: "wait", why: "another service was restarted just now" };
  if (within(durable.restarts, at, policy.total.withinMs) < policy.total.restarts) return undefined;
  return {
    kind: "spent",
    why: `${policy.total.restarts} restarts of all services are as many as are allowed`,
  };
}

/**
 * One restart at a time stops and starts. One that only waits for its app to become ready, or for the end of a long
 * grace, costs the others nothing, and would keep them down for minutes.
 */
function holdsSlot({ policy, at }: Turn, { what, started, since }: Act): boolean {
  return what === "restart" && started !== true && at - since < policy.slotMs;
}

/** A restart begins: the next in this ledger waits longer, and longer still after that. */
export function spend(turn: Turn, ledger: string): void {
  const { policy, at, random, durable } = turn;
  const { own, step } = recordOf(turn, ledger);
  const steps = policy.backoffMs;
  const pause = steps[Math.min(step + 1, steps.length - 1)] ?? 0;
  const notBefore = at + pause * (1 + policy.jitter * (2 * random - 1));
  const kept = [...own.filter((time) => at - time < longest(policy)), at];
  setRecord(turn, ledger, { own: kept, step: step + 1, notBefore });
  const restarts = [...durable.restarts.filter((time) => at - time < policy.total.withinMs), at];
  turn.durable = { ...turn.durable, lastBegan: at, restarts };
}

/** It came to nothing, and nothing was touched: as if it had not been, but for the distance to the next. */
export function refund(turn: Turn, act: Act): void {
  const { since } = act;
  const ledger = ledgerOf(turn, act);
  const { own, step } = recordOf(turn, ledger);
  const change = { own: own.filter((time) => time !== since), step: Math.max(0, step - 1), notBefore: 0 };
  setRecord(turn, ledger, change);
  turn.durable = { ...turn.durable, restarts: turn.durable.restarts.filter((time) => time !== since) };
}

/** Restarts that count for the circuit, the watchdog's and Docker's, within so long before `at`. */
export function restartsWithin(record: ServiceRecord, at: number, withinMs: number): number {
  return within(record.own, at, withinMs) + within(record.docker, at, withinMs);
}

export function within(times: readonly number[], at: number, withinMs: number): number {
  let count = 0;
  for (const time of times) if (at - time < withinMs) count += 1;
  return count;
}

function longest({ circuit }: WatchPolicy): number {
  return Math.max(...circuit.map(({ withinMs }) => withinMs));
}
