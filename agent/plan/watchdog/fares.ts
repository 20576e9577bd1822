import { openCircuit, tripped } from "./circuit.ts";
import { isSettling } from "./engine-state.ts";
import { isHeld } from "./holds.ts";
import { openIncident, tellPerson } from "./incidents.ts";
import { ledgerOf } from "./ledger.ts";
import type { Watched } from "./live.ts";
import { isBlocked, needsAreWell } from "./needs.ts";
import { servesNoMore } from "./outage.ts";
import { asksLife, isOverdue } from "./overdue.ts";
import type { ServiceRecord } from "./records.ts";
import { troubleOf } from "./trouble.ts";
import {
  isLife,
  isProven,
  liveOf,
  policyOf,
  recordOf,
  servingOf,
  setLive,
  setRecord,
  setWatched,
  type Turn,
  watchedOf,
} from "./turn.ts";

/** A restart that is said to be done and of which no list shows anything for so long was none. */
const UNSEEN_MS = 30_000;

/** Starts that take too long have failed; one that gives wrong answers is up, though not well. */
export function passStarts(turn: Turn, service: string): void {
  if (!policyOf(turn, service).probed) return;
  for (const watched of watchedOf(turn, service)) {
    if (watched.condition !== "starting" || isHeld(turn, watched)) continue;
    if (isOverdue(turn, watched) && !asksLife(turn, watched)) setWatched(turn, late(turn, watched));
  }
}

function late({ at }: Turn, watched: Watched): Watched {
  if (watched.strange > 0) return { ...watched, condition: "ready", since: at, readySince: at };
  const cause = `it was not ready in time: ${watched.cause}`;
  return { ...watched, condition: "failed", since: at, cause };
}

/** What ended by itself may have been the last that the circuit allows. */
export function passDeath(turn: Turn, service: string): void {
  for (const watched of watchedOf(turn, service)) judgeDeath(turn, watched);
}

function judgeDeath(turn: Turn, watched: Watched): void {
  const { service, instance } = watched.facts;
  const ledger = ledgerOf(turn, watched.facts);
  const { diedAt } = liveOf(turn, ledger);
  if (diedAt === undefined || isSettling(turn) || isHeld(turn, watched)) return;
  if (!isBlocked(turn, service) && !needsAreWell(turn, service, diedAt)) return;
  setLive(turn, ledger, { diedAt: undefined });
  const why = isBlocked(turn, service) ? undefined : tripped(turn, ledger);
  if (why === undefined) return;
  if (policyOf(turn, service).mode === "restart") openCircuit(turn, watched.facts, why);
  else {
    openIncident(turn, service, { cause: why, since: diedAt, instance });
    tellPerson(turn, service, why, `soloflow-agent logs ${service}`);
  }
}

/** Customers lose while whoever serves is sick. */
export function passTrouble(turn: Turn, service: string): void {
  noteUnseen(turn, service);
  const serving = servingOf(turn, service);
  if (serving === undefined || isSettling(turn) || isHeld(turn, serving) || isBlocked(turn, service)) return;
  const { condition, answeredAt, silentSince, cause } = serving;
  if (condition === "slow" && answeredAt === undefined && silentSince !== undefined)
    servesNoMore(turn, serving, silentSince, cause);
  const trouble = troubleOf(turn, serving);
  if (trouble?.kind === "silent" && !isProven(turn, service)) return;
  if (trouble !== undefined) servesNoMore(turn, serving, trouble.since, trouble.cause);
}

function noteUnseen(turn: Turn, service: string): void {
  const { lastAct } = recordOf(turn, service);
  if (lastAct?.ended === "failed" && recoveredFrom(turn, service, lastAct))
    setRecord(turn, service, { lastAct: undefined });
  if (lastAct?.ended !== "done" || turn.at - lastAct.at < UNSEEN_MS) return;
  if (watchedOf(turn, service).some(({ facts }) => isLife(lastAct, facts)))
    setRecord(turn, service, { lastAct: { ...lastAct, ended: "failed" } });
}

/** The life on which an act failed is well all the same: what becomes of it from now on has nothing to do with that. */
function recoveredFrom(turn: Turn, service: string, act: NonNullable<ServiceRecord["lastAct"]>): boolean {
  return watchedOf(turn, service).some(
    ({ facts, condition, orphanedSince, lastGoodAt = 0 }) =>
      isLife(act, facts) && condition === "ready" && orphanedSince === undefined && lastGoodAt > act.at,
  );
}
