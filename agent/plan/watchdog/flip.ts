import { addAct } from "./acts.ts";
import { isHeld } from "./holds.ts";
import { openIncident } from "./incidents.ts";
import type { Watched } from "./live.ts";
import { liveOf, setWatched, type Turn, takeId, watchedOf } from "./turn.ts";

/** Leaves the sick one for the warm standby, where there is one that is ready. Costs no budget: nothing is restarted. */
export function flipAway(turn: Turn, { facts: sick }: Watched, cause: string): boolean {
  const { service } = sick;
  if (sick.role !== "serving" || turn.at < liveOf(turn, service).noFlipBefore) return false;
  const standby = watchedOf(turn, service).find(
    (other) => other.facts.role === "standby" && other.condition === "ready" && !isHeld(turn, other),
  );
  if (standby === undefined) return false;
  const { instance, container, startedAt = 0 } = standby.facts;
  const incident = openIncident(turn, service, { cause, since: turn.at, instance: sick.instance }).id;
  const id = takeId(turn);
  addAct(turn, { id, what: "flip", service, instance, container, startedAt, since: turn.at });
  const from = sick.instance;
  turn.actions.push({ type: "flip", id, service, instance, container, startedAt, from, incident, cause });
  return true;
}

/** `instance` serves from now on, the other one stands by. */
export function swapRoles(turn: Turn, service: string, instance: string): void {
  const all = watchedOf(turn, service);
  if (!all.some(({ facts }) => facts.instance === instance)) return;
  for (const watched of all) {
    const role = watched.facts.instance === instance ? "serving" : "standby";
    setWatched(turn, { ...watched, facts: { ...watched.facts, role } });
  }
  const others = (turn.live.members[service] ?? []).filter((other) => other !== instance);
  turn.live = { ...turn.live, members: { ...turn.live.members, [service]: [instance, ...others] } };
}
