import { within } from "./budget.ts";
import { ledgersOf } from "./ledger.ts";
import type { WatchPolicy } from "./model.ts";
import type { ServicePhase } from "./service-phase.ts";
import type { WatchState } from "./state.ts";
import { liveOf, recordOf } from "./turn.ts";

export type ServiceView = {
  phase: ServicePhase;
  cause: string;
  since: number;
  /** The watchdog's own, in the last 15 minutes. */
  restarts15m: number;
  /** When an open circuit is tried next. */
  nextTryAt: number | undefined;
};

const QUARTER_HOUR = 15 * 60_000;

/** What `status` shows of a service as of the last event; undefined of one that was never seen. */
export function viewOf(policy: WatchPolicy, state: WatchState, service: string): ServiceView | undefined {
  const { phase, cause, since } = liveOf(state, service);
  if (phase === undefined) return undefined;
  const { durable, live } = state;
  const records = ledgersOf({ policy, live }, service).map((ledger) => recordOf({ durable }, ledger));
  const restarts15m = records.reduce((sum, { own }) => sum + within(own, live.at, QUARTER_HOUR), 0);
  const open = records.find(({ circuit }) => circuit?.state === "open");
  return { phase, cause, since, restarts15m, nextTryAt: open?.circuit?.nextTryAt };
}
