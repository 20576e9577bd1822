import type { LiveState, ServiceLive, Watched } from "./live.ts";
import type { ContainerFacts, ServicePolicy, WatchAction, WatchPolicy } from "./model.ts";
import type { DurableState, LifeRecord, ServiceRecord } from "./records.ts";

/**
 * One event being worked on. Its members are replaced, what they hold never is: the state that came in stays as it
 * was, and `durable` is another object exactly when something in it is to be stored.
 */
export type Turn = {
  readonly policy: WatchPolicy;
  readonly at: number;
  readonly random: number;
  durable: DurableState;
  live: LiveState;
  readonly actions: WatchAction[];
};

const NO_RECORD: ServiceRecord = {
  ...{ own: [], docker: [], ooms: [], step: 0, notBefore: 0, lastAct: undefined, made: undefined },
  ...{ stillborn: undefined, circuit: undefined, taken: [], answered: false, incident: undefined },
  report: undefined,
};
const NOTHING_KNOWN: ServiceLive = {
  ...{
    phase: undefined,
    cause: "",
    since: 0,
    blocked: undefined,
    diedAt: undefined,
    out: undefined,
    noFlipBefore: 0,
  },
};
const UNKNOWN_SERVICE: ServicePolicy = { mode: "report", needs: [], probed: false, usual: undefined };

export function recordOf({ durable }: Pick<Turn, "durable">, service: string): ServiceRecord {
  return durable.services[service] ?? NO_RECORD;
}

export function setRecord(turn: Turn, service: string, change: Partial<ServiceRecord>): void {
  const services = { ...turn.durable.services, [service]: { ...recordOf(turn, service), ...change } };
  turn.durable = { ...turn.durable, services };
}

export function lifeOf({ durable }: Pick<Turn, "durable">, instance: string): LifeRecord | undefined {
  return durable.lives[instance];
}

export function setLife(turn: Turn, instance: string, change: LifeRecord): void {
  turn.durable = { ...turn.durable, lives: { ...turn.durable.lives, [instance]: change } };
}

export function liveOf({ live }: Pick<Turn, "live">, service: string): ServiceLive {
  return live.services[service] ?? NOTHING_KNOWN;
}

export function setLive(turn: Turn, service: string, change: Partial<ServiceLive>): void {
  const services = { ...turn.live.services, [service]: { ...liveOf(turn, service), ...change } };
  turn.live = { ...turn.live, services };
}

export function setWatched(turn: Turn, watched: Watched): void {
  const instances = { ...turn.live.instances, [watched.facts.instance]: watched };
  turn.live = { ...turn.live, instances };
}

export function policyOf({ policy }: Pick<Turn, "policy">, service: string): ServicePolicy {
  return policy.services[service] ?? UNKNOWN_SERVICE;
}

/** Whether the probe that is asked of it now was ever answered well: one that never was cannot tell a hang. */
export function isProven(turn: Pick<Turn, "policy" | "durable">, service: string): boolean {
  const { probed, probe } = policyOf(turn, service);
  return !probed || probe === undefined || recordOf(turn, service).alive === probe;
}

/** Containers that stand for the service; the one that serves first. */
export function watchedOf({ live }: Pick<Turn, "live">, service: string): Watched[] {
  const found: Watched[] = [];
  for (const instance of live.members[service] ?? []) {
    const watched = live.instances[instance];
    if (watched !== undefined) found.push(watched);
  }
  return found;
}

export function servingOf(turn: Pick<Turn, "live">, service: string): Watched | undefined {
  const [first] = watchedOf(turn, service);
  return first?.facts.role === "serving" ? first : undefined;
}

export function takeId(turn: Turn): number {
  const id = turn.durable.nextId;
  turn.durable = { ...turn.durable, nextId: id + 1 };
  return id;
}

type Life = Pick<ContainerFacts, "container" | "startedAt">;

/** Whether this is the same life of the same container; what never ran has one without a beginning. */
export function isLife(life: Life, other: Life): boolean {
  return life.container === other.container && (life.startedAt ?? 0) === (other.startedAt ?? 0);
}
