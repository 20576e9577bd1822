import { noteDockerRestarts } from "./docker-restarts.ts";
import { engineIsBack } from "./engine.ts";
import { noteHealth } from "./health.ts";
import { notePerson, takeLeases } from "./holds.ts";
import { listed } from "./listed.ts";
import { noteLife } from "./lives.ts";
import type { ContainerFacts, WatchEvent } from "./model.ts";
import { setWatched, type Turn } from "./turn.ts";

type Observed = Extract<WatchEvent, { type: "observed" }>;

/** The list is the truth: what it does not show is not there. */
export function takeList(turn: Turn, { containers, holds }: Observed): void {
  if (turn.live.engineDownAt === undefined) engineIsBack(turn);
  takeLeases(turn, holds);
  const known = containers.filter(({ service }) => turn.policy.services[service] !== undefined);
  for (const facts of known) {
    const before = turn.live.instances[facts.instance];
    noteLife(turn, facts);
    notePerson(turn, facts);
    setWatched(turn, listed(turn, before, facts));
    noteHealth(turn, facts);
  }
  keepOnly(turn, known);
  noteDockerRestarts(turn, known);
  turn.live = { ...turn.live, listed: true };
}

function keepOnly(turn: Turn, known: readonly ContainerFacts[]): void {
  const members: Record<string, string[]> = {};
  for (const { service, instance, role } of known) {
    members[service] ??= [];
    if (role === "serving") members[service].unshift(instance);
    else members[service].push(instance);
  }
  const names = new Set(known.map(({ instance }) => instance));
  const there = Object.entries(turn.live.instances).filter(([instance]) => names.has(instance));
  turn.live = { ...turn.live, members, instances: Object.fromEntries(there) };
}
