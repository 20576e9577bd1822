import { restartsWithin } from "./budget.ts";
import type { ServicePhase } from "./model.ts";
import type { WatchState } from "./state.ts";
import { liveOf, recordOf } from "./turn.ts";

export type ServiceView = {
  phase: ServicePhase;
  cause: string;
  since: number;
  /** The watchdog's own and Docker's, in the last 15 minutes. */
  restarts15m: number;
  /** When an open circuit is tried next. */
  nextTryAt: number | undefined;
  incident: number | undefined;
};

const QUARTER_HOUR = 15 * 60_000;

/** What `status` shows of a service at the time `at`; undefined of one that was never seen. */
export function viewOf(state: WatchState, service: string, at: number): ServiceView | undefined {
  const { phase, cause, since } = liveOf(state, service);
  if (phase === undefined) return undefined;
  const record = recordOf(state, service);
  return {
    ...{ phase, cause, since, restarts15m: restartsWithin(record, at, QUARTER_HOUR) },
    nextTryAt: record.circuit?.state === "open" ? record.circuit.nextTryAt : undefined,
    incident: record.incident?.id,
  };
}
