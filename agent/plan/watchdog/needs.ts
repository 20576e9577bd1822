import { leaseOn } from "./holds.ts";
import { ledgersOf } from "./ledger.ts";
import type { Watched } from "./live.ts";
import { lookAnew } from "./look-anew.ts";
import {
  lifeOf,
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

/** A crash so long before what it needs was seen to fail is a consequence of that all the same. */
const MARGIN_MS = 5_000;

/**
 * Whether all that a service needs has answered since: only then is its own fault its own. What gives no answer yet
 * is asked first (next-look.ts), so that this is known within a look.
 */
export function needsAreWell(turn: Turn, service: string, since: number): boolean {
  return knownNeeds(turn, service).every((need) => {
    const watched = servingOf(turn, need);
    const standing = standingOf(turn, watched);
    if (standing !== "ready" || watched?.condition !== "ready") return standing === "assumed";
    return !policyOf(turn, need).probed || (watched.lastGoodAt ?? 0) >= since;
  });
}

/**
 * BLOCKED while something that it needs is not ready, and for a while after where that was seen to fail: nothing is
 * restarted, nothing is counted, and what was counted since the other one's fault is forgotten.
 */
export function passNeeds(turn: Turn, service: string): void {
  const standings = knownNeeds(turn, service).map(
    (need) => [need, standingOf(turn, servingOf(turn, need))] as const,
  );
  const of = (standing: Standing) => standings.find(([, each]) => each === standing)?.[0];
  const failing = of("missing");
  const by = failing ?? of("unseen");
  if (by !== undefined) block(turn, service, { by, failed: failing !== undefined });
  else release(turn, service);
}

function block(turn: Turn, service: string, { by, failed }: { by: string; failed: boolean }): void {
  const { blocked } = liveOf(turn, service);
  if (blocked === undefined) forgetSince(turn, service, servingOf(turn, by)?.since ?? turn.at);
  const wasFailing = blocked?.failed === true;
  if (blocked !== undefined && blocked.until === undefined && (wasFailing || !failed)) return;
  setLive(turn, service, { blocked: { by, until: undefined, failed: failed || wasFailing } });
}

function release(turn: Turn, service: string): void {
  const { blocked } = liveOf(turn, service);
  if (blocked === undefined) return;
  if (!blocked.failed || turn.at >= (blocked.until ?? Number.POSITIVE_INFINITY)) unblock(turn, service);
  else if (blocked.until === undefined)
    setLive(turn, service, { blocked: { ...blocked, until: turn.at + turn.policy.unblockMs } });
}

export function isBlocked(turn: Turn, service: string): boolean {
  return liveOf(turn, service).blocked !== undefined;
}

function knownNeeds(turn: Turn, service: string): string[] {
  return policyOf(turn, service).needs.filter((need) => turn.policy.services[need] !== undefined);
}

type Standing = "ready" | "assumed" | "unseen" | "missing";

/**
 * How a need fares. "assumed": it runs, and there is nobody to ask. "unseen": it gave no answer yet because it was not
 * asked, as right after the watchdog's own start, and it was not seen to end either. Under a lease nothing is probed, so what was ready
 * is taken for ready; and a probe that never had an answer tells nothing of what it asks.
 */
function standingOf(turn: Turn, watched: Watched | undefined): Standing {
  if (!turn.live.listed) return "unseen";
  if (watched?.facts.state !== "running" || watched.orphanedSince !== undefined) return "missing";
  const { condition, facts } = watched;
  const { person, why = "deploy" } = lifeOf(turn, facts.instance) ?? {};
  if (person !== undefined) return "missing";
  const { answered } = recordOf(turn, facts.service);
  if (condition === "failed" && !answered && facts.health?.failing !== true) return "assumed";
  if (condition === "starting" && !watched.asked && (why === "deploy" || why === "boot")) return "unseen";
  if (condition !== "ready" && condition !== "suspect") return "missing";
  return leaseOn(turn, facts.service) === undefined ? "ready" : "assumed";
}

function unblock(turn: Turn, service: string): void {
  setLive(turn, service, { blocked: undefined });
  for (const watched of watchedOf(turn, service)) setWatched(turn, lookAnew(watched, turn.at));
}

function forgetSince(turn: Turn, service: string, since: number): void {
  setLive(turn, service, { out: undefined });
  for (const ledger of ledgersOf(turn, service)) forgetIn(turn, ledger, since);
}

function forgetIn(turn: Turn, ledger: string, since: number): void {
  setLive(turn, ledger, { diedAt: undefined });
  const { docker, ooms, stillborn } = recordOf(turn, ledger);
  const older = (at: number) => at < since - MARGIN_MS;
  if (stillborn === undefined && docker.every(older)) return;
  setRecord(turn, ledger, { docker: docker.filter(older), ooms: ooms.filter(older), stillborn: undefined });
}
