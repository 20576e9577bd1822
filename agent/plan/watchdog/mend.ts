import { beginAct } from "./acts.ts";
import { budgetLack, spend } from "./budget.ts";
import { circuitAllows, tryCircuit } from "./circuit.ts";
import { isSettling } from "./engine-state.ts";
import { flipAway } from "./flip.ts";
import { isHeld } from "./holds.ts";
import { openIncident, tellPerson } from "./incidents.ts";
import { ledgerOf } from "./ledger.ts";
import type { Watched } from "./live.ts";
import { starved } from "./machine.ts";
import { isBlocked, needsAreWell } from "./needs.ts";
import { wouldRestart } from "./report.ts";
import { type Trouble, troubleOf } from "./trouble.ts";
import { isLife, isProven, policyOf, recordOf, type Turn, watchedOf } from "./turn.ts";

/** Mends what is sick of a service, the one that serves first, as far as it may be mended now. */
export function mend(turn: Turn, service: string): void {
  for (const watched of watchedOf(turn, service)) {
    const trouble = troubleOf(turn, watched);
    if (trouble !== undefined && mayAct(turn, watched, trouble)) mendOne(turn, watched, trouble);
  }
}

/** Whether it is the watchdog's to act on, and its own fault. */
function mayAct(turn: Turn, watched: Watched, { kind, since }: Trouble): boolean {
  const { service } = watched.facts;
  if (isSettling(turn) || isHeld(turn, watched) || isBlocked(turn, service)) return false;
  if (turn.durable.acts.some((act) => act.service === service)) return false;
  // It has just answered: the next look tells whether it recovers.
  if (kind === "silent" && watched.goods > 0) return false;
  const { lastAct } = recordOf(turn, service);
  const acted = lastAct !== undefined && isLife(lastAct, watched.facts) && lastAct.ended !== "failed";
  return !acted && needsAreWell(turn, service, since);
}

function mendOne(turn: Turn, sick: Watched, trouble: Trouble): void {
  const { service, instance } = sick.facts;
  const { cause, since } = trouble;
  openIncident(turn, service, { cause, since, instance });
  const machine = starved(turn, sick, trouble);
  if (machine === "wait") return;
  const doubt = machine?.shortage ?? doubtful(turn, sick, trouble);
  if (doubt !== undefined)
    tellPerson(turn, service, `${cause}; not restarted: ${doubt}`, `soloflow-agent logs ${service}`);
  else if (policyOf(turn, service).mode === "report") wouldRestart(turn, sick, cause);
  else if (!flipAway(turn, sick, cause) && circuitAllows(turn, sick)) restartWithin(turn, sick, cause);
}

/** As far as the budget goes; a person is told when it is spent, not when it is only to be waited for. */
function restartWithin(turn: Turn, sick: Watched, cause: string): void {
  const { service } = sick.facts;
  const lack = budgetLack(turn, ledgerOf(turn, sick.facts));
  if (lack === undefined) restart(turn, sick, cause);
  else if (lack.kind === "spent") tellPerson(turn, service, `${cause}; ${lack.why}`, "soloflow-agent status");
}

function restart(turn: Turn, { facts }: Watched, cause: string): void {
  spend(turn, ledgerOf(turn, facts));
  tryCircuit(turn, facts);
  beginAct(turn, facts, cause);
}

/** A probe that was never answered, or that Docker's own check contradicts, is the likelier fault. */
function doubtful(turn: Turn, { facts, alive }: Watched, { kind }: Trouble): string | undefined {
  if (kind === "down" || kind === "orphaned" || !policyOf(turn, facts.service).probed) return undefined;
  if (!recordOf(turn, facts.service).answered) return "no probe of it was ever answered";
  if (kind === "silent" && !isProven(turn, facts.service))
    return "its liveness probe was never answered well since it was set";
  if (kind === "failed" && alive === true) return "it is alive, and waits for something";
  const contradicted = kind === "failed" && facts.health?.status === "healthy" && !facts.health.stale;
  return contradicted ? "docker's own health check says healthy" : undefined;
}
