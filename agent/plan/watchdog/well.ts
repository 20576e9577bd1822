import { closeCircuit } from "./circuit.ts";
import { isHeld } from "./holds.ts";
import { closeIncident } from "./incidents.ts";
import { ledgerOf, ledgersOf } from "./ledger.ts";
import type { Watched } from "./live.ts";
import { liveOf, recordOf, setRecord, type Turn, watchedOf } from "./turn.ts";

/** A service that stays well: its incident ends, then its circuits close and its pauses start anew. */
export function passWell(turn: Turn, service: string): void {
  const ledgers = ledgersOf(turn, service);
  const isCounted = ledgers.some((ledger) => {
    const { circuit, step } = recordOf(turn, ledger);
    return circuit !== undefined || step > 0;
  });
  if (recordOf(turn, service).incident === undefined && !isCounted) return;
  if (turn.durable.acts.some((act) => act.service === service)) return;
  const all = watchedOf(turn, service);
  for (const ledger of ledgers) {
    const its = all.filter(({ facts }) => ledgerOf(turn, facts) === ledger);
    if ((wellFor(turn, its) ?? 0) >= turn.policy.calmMs) calm(turn, service, ledger);
  }
  const wellMs = wellFor(turn, all);
  if (wellMs !== undefined) passIncident(turn, service, wellMs);
}

function calm(turn: Turn, service: string, ledger: string): void {
  if (recordOf(turn, ledger).step > 0) setRecord(turn, ledger, { step: 0, notBefore: 0 });
  closeCircuit(turn, service, ledger);
}

function passIncident(turn: Turn, service: string, wellMs: number): void {
  const { incident } = recordOf(turn, service);
  if (incident === undefined || incident.outSince !== undefined) return;
  if (ledgersOf(turn, service).some((ledger) => recordOf(turn, ledger).circuit !== undefined)) return;
  if (liveOf(turn, service).out !== undefined) return;
  if (Math.min(wellMs, turn.at - incident.since) < turn.policy.episodeMs) return;
  closeIncident(turn, service, `${incident.cause}; it is well again`);
}

/** For how long all of them have been ready, milliseconds; undefined while one is not, or there is none. */
function wellFor(turn: Turn, all: readonly Watched[]): number | undefined {
  if (all.length === 0) return undefined;
  let since = 0;
  for (const watched of all) {
    const { condition, strange, readySince = turn.at, facts } = watched;
    if (condition !== "ready" || strange > 0 || facts.health?.stale === true || isHeld(turn, watched))
      return undefined;
    since = Math.max(since, readySince);
  }
  return turn.at - since;
}
