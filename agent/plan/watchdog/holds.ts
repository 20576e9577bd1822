import { isSettling } from "./engine-state.ts";
import type { Watched } from "./live.ts";
import { lookAnew } from "./look-anew.ts";
import type { ContainerFacts, Hold, WatchEvent } from "./model.ts";
import type { LifeRecord } from "./records.ts";
import { isLife, lifeOf, recordOf, setLife, setWatched, type Turn, watchedOf } from "./turn.ts";

/** At once, by SIGINT, by SIGKILL, by SIGTERM. */
const STOPPED: readonly number[] = [0, 130, 137, 143];

type Stopping = Extract<WatchEvent, { type: "stopping" }>;

/** Who holds the service by a lease. */
export function leaseOn({ live }: Pick<Turn, "live">, service: string): Hold | undefined {
  return live.holds[service] ?? live.holds["*"];
}

/** Whether somebody has said hands off, by a lease or by stopping or pausing it. */
export function isHeld(turn: Turn, { facts }: Watched): boolean {
  return leaseOn(turn, facts.service) !== undefined || lifeOf(turn, facts.instance)?.person !== undefined;
}

/** The leases as they are now. A service that is held no more is looked at anew. */
export function takeLeases(turn: Turn, holds: readonly Hold[]): void {
  const before = turn.live;
  turn.live = { ...before, holds: Object.fromEntries(holds.map((hold) => [hold.service, hold])) };
  for (const service of Object.keys(before.members))
    if (leaseOn({ live: before }, service) !== undefined && leaseOn(turn, service) === undefined)
      for (const watched of watchedOf(turn, service)) setWatched(turn, lookAnew(watched, turn.at));
}

/** Docker says that somebody stops it. Unless that is the watchdog or a deploy, it is a person. */
export function takeStopping(turn: Turn, { instance, container }: Stopping): void {
  const life = lifeOf(turn, instance);
  if (life === undefined || life.container !== container || life.ended) return;
  if (leaseOn(turn, life.service) !== undefined || isActedOn(turn, life)) return;
  setLife(turn, instance, { ...life, person: { what: "stop", since: turn.at } });
}

/** What the list tells of persons: who pauses, who has stopped what Docker would have started again. */
export function notePerson(turn: Turn, facts: ContainerFacts): void {
  const life = lifeOf(turn, facts.instance);
  if (life === undefined || !isLife(life, facts)) return;
  const person = personOn(turn, facts, life);
  if (person?.what === life.person?.what) return;
  setLife(turn, facts.instance, { ...life, person });
}

function personOn(turn: Turn, facts: ContainerFacts, life: LifeRecord): LifeRecord["person"] {
  if (facts.state === "paused") return { what: "pause", since: turn.at };
  if (facts.state === "running") {
    const under = life.person?.what === "stop" && turn.at - life.person.since < turn.policy.stoppingMs;
    return under ? life.person : undefined;
  }
  if (life.person !== undefined || facts.state !== "exited") return life.person;
  if (leaseOn(turn, life.service) !== undefined || isOurs(turn, life) || isSettling(turn)) return undefined;
  return looksStopped(turn, facts) ? { what: "stop", since: turn.at } : undefined;
}

/**
 * Docker would have started it again; or, where it would not, it ended unseen in a way that a stop ends. Of a container
 * whose restarts by Docker were switched off nothing is known: the engine obeys at once, but shows its former policy
 * where the container ended just then.
 */
function looksStopped(turn: Turn, facts: ContainerFacts): boolean {
  if ((facts.startError ?? "") !== "" || facts.oomKilled) return false;
  if (recordOf(turn, facts.service).taken.includes(facts.container)) return false;
  return facts.dockerRestarts || (!turn.live.listed && STOPPED.includes(facts.exitCode));
}

/**
 * Whether the watchdog itself acts on this life, or has: what becomes of it is no person's doing, unless somebody is
 * seen to do it. A failed act may have left it half stopped.
 */
export function isOurs(turn: Turn, life: LifeRecord): boolean {
  return isActedOn(turn, life) || isLastActOn(turn, life);
}

/** Whether an act on this life is under way or was done; one that failed stops nothing any more. */
function isActedOn(turn: Turn, life: LifeRecord): boolean {
  if (turn.durable.acts.some((act) => act.what === "restart" && isLife(act, life))) return true;
  return recordOf(turn, life.service).lastAct?.ended !== "failed" && isLastActOn(turn, life);
}

function isLastActOn(turn: Turn, life: LifeRecord): boolean {
  const { lastAct } = recordOf(turn, life.service);
  return lastAct !== undefined && isLife(lastAct, life);
}
