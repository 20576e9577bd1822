import { isSettling } from "./engine-state.ts";
import { isOurs, leaseOn } from "./holds.ts";
import { ledgerOf } from "./ledger.ts";
import { endOf } from "./listed.ts";
import type { ContainerFacts, StartCause } from "./model.ts";
import { isBlocked } from "./needs.ts";
import { noteKill } from "./oom.ts";
import { servesNoMore } from "./outage.ts";
import type { LifeRecord } from "./records.ts";
import { isLife, lifeOf, policyOf, recordOf, setLife, setLive, setRecord, type Turn } from "./turn.ts";

/** More restarts than this between two lists change nothing: the circuit is long open. */
const MANY = 10;

/** What the list tells of beginnings and ends of lives. */
export function noteLife(turn: Turn, facts: ContainerFacts): void {
  const life = lifeOf(turn, facts.instance);
  const alive = facts.state === "running" || facts.state === "paused";
  if (life !== undefined && isLife(life, facts)) {
    if (!alive && !life.ended) ends(turn, facts, life);
    return;
  }
  if (life !== undefined && life.container === facts.container && !life.ended) ends(turn, facts, life);
  begins(turn, facts, life, alive);
}

function begins(turn: Turn, facts: ContainerFacts, before: LifeRecord | undefined, alive: boolean): void {
  const { service, instance, container, startedAt = 0, restartCount } = facts;
  const why = startCause(turn, facts, before);
  if (why === "docker") countRevivals(turn, facts, restartCount - (before?.restartCount ?? 0));
  const fresh = { ready: false, ended: !alive, person: undefined };
  const life = { service, container, startedAt, wall: facts.startedWall, restartCount, why };
  setLife(turn, instance, { ...life, ...fresh });
  if (recordOf(turn, service).made === container) setRecord(turn, service, { made: undefined });
}

function startCause(turn: Turn, facts: ContainerFacts, before: LifeRecord | undefined): StartCause {
  const { service, container } = facts;
  const acts = turn.durable.acts.some((act) => act.what === "restart" && act.service === service);
  if (acts || recordOf(turn, service).made === container) {
    if (before?.container !== container || facts.restartCount <= before.restartCount) return "restart";
  }
  if (leaseOn(turn, service) !== undefined) return "deploy";
  if (before?.container !== container) return turn.live.listed ? "operator" : "deploy";
  if (facts.restartCount > before.restartCount) return "docker";
  return isSettling(turn) || !turn.live.listed ? "boot" : "operator";
}

/** Docker's own restarts count for the circuit. */
function countRevivals(turn: Turn, facts: ContainerFacts, restarts: number): void {
  if (isBlocked(turn, facts.service) || isSettling(turn) || facts.endedWell === true) return;
  const ledger = ledgerOf(turn, facts);
  const { docker } = recordOf(turn, ledger);
  const more = Array.from({ length: Math.min(restarts, MANY) }, () => turn.at);
  setRecord(turn, ledger, { docker: [...docker, ...more].slice(-2 * MANY) });
  setLive(turn, ledger, { diedAt: turn.at });
}

function ends(turn: Turn, facts: ContainerFacts, life: LifeRecord): void {
  setLife(turn, facts.instance, { ...life, ended: true });
  if (life.person !== undefined || leaseOn(turn, life.service) !== undefined) return;
  if (isBlocked(turn, life.service)) return;
  const ours = isOurs(turn, life);
  if (!ours && endedWithEngine(turn, facts, life)) return;
  if (!life.ready) noteStillborn(turn, facts);
  if (ours || (facts.endedWell === true && !policyOf(turn, life.service).probed)) return;
  if (facts.oomKilled) noteKill(turn, facts);
  setLive(turn, ledgerOf(turn, facts), { diedAt: turn.at });
  servesNoMore(turn, { facts }, turn.at, endOf(facts));
}

/** When the engine goes, or a person stops it, its containers end without any fault of theirs. */
function endedWithEngine(turn: Turn, facts: ContainerFacts, life: LifeRecord): boolean {
  const byDocker = facts.container === life.container && facts.restartCount > life.restartCount;
  if (byDocker || facts.state === "restarting") return false;
  return isSettling(turn) || !turn.live.listed || facts.state === "running" || facts.dockerRestarts;
}

/** Starts that were never ready and ended alike: the circuit opens early at the second. */
function noteStillborn(turn: Turn, facts: ContainerFacts): void {
  const { exitCode, logSignature: signature } = facts;
  const ledger = ledgerOf(turn, facts);
  const { stillborn } = recordOf(turn, ledger);
  const alike =
    signature !== undefined && stillborn?.signature === signature && stillborn.exitCode === exitCode;
  setRecord(turn, ledger, { stillborn: { exitCode, signature, count: alike ? stillborn.count + 1 : 1 } });
}
