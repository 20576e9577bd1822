import { formatDuration } from "../../core/duration.ts";
import { restartsWithin, within } from "./budget.ts";
import { settleDockerRestarts } from "./docker-restarts.ts";
import { openIncident, tellPerson } from "./incidents.ts";
import { ledgerOf } from "./ledger.ts";
import type { Watched } from "./live.ts";
import type { ContainerFacts } from "./model.ts";
import type { Circuit } from "./records.ts";
import { recordOf, setRecord, type Turn, watchedOf } from "./turn.ts";

/** Why restarting does no good any more; undefined while it may. */
export function tripped(turn: Turn, ledger: string): string | undefined {
  const record = recordOf(turn, ledger);
  const { policy, at } = turn;
  const reached = policy.circuit.find(
    ({ restarts, withinMs }) => restartsWithin(record, at, withinMs) >= restarts,
  );
  if (reached !== undefined)
    return `${reached.restarts} restarts within ${formatDuration(reached.withinMs)} did not cure it`;
  if (within(record.ooms, at, policy.oom.withinMs) >= policy.oom.kills)
    return `it ran out of memory ${policy.oom.kills} times within ${formatDuration(policy.oom.withinMs)}`;
  return (record.stillborn?.count ?? 0) >= 2
    ? "two starts in a row ended alike before it was ready"
    : undefined;
}

/**
 * Opens it: a person is told, and nothing restarts the service until the next try. Who answers for a while and fails
 * again without a try has one when it was due, not later.
 */
export function openCircuit(turn: Turn, facts: ContainerFacts, why: string): void {
  const { service, instance } = facts;
  const ledger = ledgerOf(turn, facts);
  const { circuit: before } = recordOf(turn, ledger);
  const tries = before?.tries ?? 0;
  const circuit: Circuit = {
    state: "open",
    since: before?.since ?? turn.at,
    tries,
    nextTryAt: nextTryOf(turn, before),
    tried: false,
    why,
    versions: versionsOf(turn, ledger, service),
  };
  setRecord(turn, ledger, { circuit });
  openIncident(turn, service, { cause: why, since: turn.at, instance });
  tellPerson(turn, service, why, `soloflow-agent logs ${service}, then soloflow-agent resume ${service}`);
  settleDockerRestarts(turn, service);
}

/** The try that was set stays set; after it the next pause is a longer one. */
function nextTryOf({ policy, at }: Turn, before: Circuit | undefined): number {
  if (before !== undefined && !(before.tried ?? before.state === "half-open")) return before.nextTryAt;
  const pauses = policy.halfOpenMs;
  return at + (pauses[Math.min(before?.tries ?? 0, pauses.length - 1)] ?? 0);
}

/** Whether a restart may be tried while the circuit is what it is; opens it where that is due. */
export function circuitAllows(turn: Turn, { facts }: Watched): boolean {
  const ledger = ledgerOf(turn, facts);
  const { circuit } = recordOf(turn, ledger);
  if (circuit === undefined) {
    const why = tripped(turn, ledger);
    if (why !== undefined) openCircuit(turn, facts, why);
    return why === undefined;
  }
  if (circuit.state === "half-open" && !isAnother(circuit, facts)) {
    openCircuit(turn, facts, circuit.why);
    return false;
  }
  return turn.at >= circuit.nextTryAt || isAnother(circuit, facts);
}

/** A try begins. */
export function tryCircuit(turn: Turn, facts: ContainerFacts): void {
  const ledger = ledgerOf(turn, facts);
  const { circuit } = recordOf(turn, ledger);
  if (circuit === undefined) return;
  const versions = versionsOf(turn, ledger, facts.service);
  setRecord(turn, ledger, {
    circuit: { ...circuit, state: "half-open", tries: circuit.tries + 1, tried: true, versions },
    stillborn: undefined,
  });
}

/** What it is of has been well for long enough, or an operator says so. */
export function closeCircuit(turn: Turn, service: string, ledger: string): void {
  if (recordOf(turn, ledger).circuit === undefined) return;
  setRecord(turn, ledger, { circuit: undefined, stillborn: undefined });
  settleDockerRestarts(turn, service);
}

/** Another image, or another version of a secret, than those that failed: worth a try at once. */
function isAnother(circuit: Circuit, facts: ContainerFacts): boolean {
  return !circuit.versions.includes(versionOf(facts));
}

function versionsOf(turn: Turn, ledger: string, service: string): string[] {
  const its = watchedOf(turn, service).filter(({ facts }) => ledgerOf(turn, facts) === ledger);
  return [...new Set(its.map(({ facts }) => versionOf(facts)))];
}

function versionOf({ image, secrets = "" }: ContainerFacts): string {
  return `${image} ${secrets}`;
}
