import { openIncident } from "./incidents.ts";
import type { ContainerFacts } from "./model.ts";
import type { Act } from "./records.ts";
import { setRecord, type Turn, takeId } from "./turn.ts";

/** A restart begins: never another of this life, unless it fails. */
export function beginAct(turn: Turn, facts: ContainerFacts, cause: string): void {
  const { service, instance, container, startedAt = 0 } = facts;
  const incident = openIncident(turn, service, { cause, since: turn.at, instance }).id;
  const id = takeId(turn);
  addAct(turn, { id, what: "restart", service, instance, container, startedAt, since: turn.at });
  setRecord(turn, service, { lastAct: { container, startedAt, at: turn.at, ended: undefined } });
  turn.actions.push({ type: "restart", id, service, instance, container, startedAt, incident, cause });
}

export function addAct(turn: Turn, act: Act): void {
  turn.durable = { ...turn.durable, acts: [...turn.durable.acts, act] };
}

/** From now on it is only waited for. */
export function noteStarted(turn: Turn, id: number): void {
  if (!turn.durable.acts.some((act) => act.id === id)) return;
  const acts = turn.durable.acts.map((act) => (act.id === id ? { ...act, started: true } : act));
  turn.durable = { ...turn.durable, acts };
}

/** Gives the act back, which is under way no more. */
export function endAct(turn: Turn, id: number): Act | undefined {
  const act = turn.durable.acts.find((each) => each.id === id);
  if (act !== undefined)
    turn.durable = { ...turn.durable, acts: turn.durable.acts.filter((each) => each !== act) };
  return act;
}
