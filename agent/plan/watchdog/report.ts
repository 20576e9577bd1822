import { tellPerson } from "./incidents.ts";
import type { Watched } from "./live.ts";
import { policyOf, recordOf, setRecord, type Turn } from "./turn.ts";

/** What would have been done, once an incident; a person is told, because nobody else mends it. */
export function wouldRestart(turn: Turn, { facts: { service, instance } }: Watched, cause: string): void {
  const { incident, report } = recordOf(turn, service);
  if (incident === undefined || incident.would) return;
  const counted = report ?? { since: turn.at, would: 0, told: false };
  setRecord(turn, service, {
    incident: { ...incident, would: true },
    report: { ...counted, would: counted.would + 1 },
  });
  turn.actions.push({
    type: "incident",
    change: "would-restart",
    incident: incident.id,
    service,
    instance,
    cause,
  });
  const why = policyOf(turn, service).hindered ?? "it is only reported on";
  tellPerson(turn, service, `${cause}; not restarted: ${why}`, `docker restart ${instance}`);
}

/** The record of a service that is only reported on: begun with it, told when it is complete, ended with it. */
export function passReport(turn: Turn, service: string): void {
  const { report } = recordOf(turn, service);
  const only = policyOf(turn, service).mode === "report";
  if (!only && report !== undefined) setRecord(turn, service, { report: undefined });
  if (only && report === undefined)
    setRecord(turn, service, { report: { since: turn.at, would: 0, told: false } });
  if (!only || report === undefined || report.told || turn.at - report.since < turn.policy.reportMs) return;
  setRecord(turn, service, { report: { ...report, told: true } });
  const times = report.would === 1 ? "once" : `${report.would} times`;
  const cause = `the record of what would have been done is complete: it would have been restarted ${times}`;
  const next = `set watch = "restart" under [service.${service}], then soloflow-agent deploy`;
  turn.actions.push({ type: "alert", level: "healed", service, incident: undefined, cause, next });
}
