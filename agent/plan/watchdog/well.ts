import { closeCircuit } from "./circuit.ts";
import { isHeld } from "./holds.ts";
import { closeIncident } from "./incidents.ts";
import { liveOf, recordOf, setRecord, type Turn, watchedOf } from "./turn.ts";

/** A service that stays well: its incident ends, then its circuit closes and its pauses start anew. */
export function passWell(turn: Turn, service: string): void {
  const record = recordOf(turn, service);
  if (record.incident === undefined && record.circuit === undefined && record.step === 0) return;
  const wellMs = wellFor(turn, service);
  if (wellMs === undefined) return;
  if (wellMs >= turn.policy.calmMs) {
    if (record.step > 0) setRecord(turn, service, { step: 0, notBefore: 0 });
    closeCircuit(turn, service);
  }
  passIncident(turn, service, wellMs);
}

function passIncident(turn: Turn, service: string, wellMs: number): void {
  const { incident, circuit } = recordOf(turn, service);
  if (incident === undefined || circuit !== undefined || incident.outSince !== undefined) return;
  if (liveOf(turn, service).out !== undefined) return;
  if (Math.min(wellMs, turn.at - incident.since) < turn.policy.episodeMs) return;
  closeIncident(turn, service, `${incident.cause}; it is well again`);
}

/** For how long all its containers have been ready, milliseconds; undefined while one is not. */
function wellFor(turn: Turn, service: string): number | undefined {
  const all = watchedOf(turn, service);
  if (all.length === 0 || turn.durable.acts.some((act) => act.service === service)) return undefined;
  let since = 0;
  for (const watched of all) {
    const { condition, strange, readySince = turn.at, facts } = watched;
    if (condition !== "ready" || strange > 0 || facts.health?.stale === true || isHeld(turn, watched))
      return undefined;
    since = Math.max(since, readySince);
  }
  return turn.at - since;
}
