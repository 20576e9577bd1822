import type { AlertLevel, Remedy } from "./model.ts";
import type { OpenIncident } from "./records.ts";
import { policyOf, recordOf, setRecord, type Turn, takeId } from "./turn.ts";

const LEVELS: readonly (AlertLevel | undefined)[] = [undefined, "healed", "needs-you", "losing"];

/** One incident an episode: a second fault before the first is over belongs to it. */
export function openIncident(
  turn: Turn,
  service: string,
  { cause, since, instance }: { cause: string; since: number; instance?: string },
): OpenIncident {
  const { incident: open } = recordOf(turn, service);
  if (open !== undefined) return open;
  const id = takeId(turn);
  const incident: OpenIncident = {
    ...{ id, since, cause, told: undefined, outSince: undefined, lostMs: 0, remedy: undefined, would: false },
  };
  setRecord(turn, service, { incident });
  const report = turn.policy.services[service] !== undefined && policyOf(turn, service).mode === "report";
  turn.actions.push({
    ...{ type: "incident", change: "opened", incident: id, service, instance, report, cause },
    detectedMs: turn.at - since,
  });
  return incident;
}

/** Says it once: a level that was told in this incident is not told again, nor a lower one. */
export function tell(turn: Turn, service: string, level: AlertLevel, cause: string, next: string): void {
  const { incident } = recordOf(turn, service);
  if (incident !== undefined && LEVELS.indexOf(incident.told) >= LEVELS.indexOf(level)) return;
  if (incident !== undefined) setRecord(turn, service, { incident: { ...incident, told: level } });
  turn.actions.push({ type: "alert", level, service, incident: incident?.id, cause, next });
}

/** To a person: a page while customers lose, else a message. */
export function tellPerson(turn: Turn, service: string, cause: string, next: string): void {
  const losing = recordOf(turn, service).incident?.outSince !== undefined;
  tell(turn, service, losing ? "losing" : "needs-you", cause, next);
}

/** What made it serve again; mending the one that was left for the standby afterwards is not that. */
export function noteRemedy(turn: Turn, service: string, remedy: Remedy): void {
  const { incident } = recordOf(turn, service);
  if (incident !== undefined && incident.remedy !== "standby")
    setRecord(turn, service, { incident: { ...incident, remedy } });
}

/** Customers lose from `since` on. */
export function beginsToLose(turn: Turn, service: string, since: number): void {
  const { incident } = recordOf(turn, service);
  if (incident === undefined || incident.outSince !== undefined) return;
  setRecord(turn, service, { incident: { ...incident, outSince: since } });
}

/** Customers lose no more from `until` on; what they have lost adds up over the episode. */
export function losesNoMore(turn: Turn, service: string, until: number): void {
  const { incident } = recordOf(turn, service);
  if (incident?.outSince === undefined) return;
  const lostMs = incident.lostMs + Math.max(0, until - incident.outSince);
  setRecord(turn, service, { incident: { ...incident, lostMs, outSince: undefined } });
}

export function closeIncident(turn: Turn, service: string, cause: string): void {
  losesNoMore(turn, service, turn.at);
  const { incident } = recordOf(turn, service);
  if (incident === undefined) return;
  const { id, lostMs, remedy } = incident;
  turn.actions.push({ type: "incident", change: "closed", incident: id, service, lostMs, remedy, cause });
  const next = `soloflow-agent incidents ${id}`;
  turn.actions.push({ type: "alert", level: "healed", service, incident: id, cause, next });
  setRecord(turn, service, { incident: undefined });
}
