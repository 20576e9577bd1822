import { isHeld } from "./holds.ts";
import { openIncident, tell } from "./incidents.ts";
import type { Watched } from "./live.ts";
import type { ContainerFacts } from "./model.ts";
import type { Evidence } from "./probe-verdict.ts";
import { applyLook } from "./probes.ts";
import { policyOf, setWatched, type Turn } from "./turn.ts";

const NOTHING: Evidence = { busy: false, lateMs: undefined, servedMeanwhile: false };

/**
 * Docker's own health check. Where the watchdog asks itself, "unhealthy" is only a reason to ask at once: the check
 * may include the database, which no restart cures. Where it does not, Docker's word is all there is.
 */
export function noteHealth(turn: Turn, facts: ContainerFacts): void {
  const watched = turn.live.instances[facts.instance];
  if (watched === undefined || facts.state !== "running" || isHeld(turn, watched)) return;
  const failing = facts.health?.failing === true;
  if (facts.health?.stale === true) tellStale(turn, facts);
  else if (policyOf(turn, facts.service).probed) {
    if (failing && watched.condition === "ready") setWatched(turn, { ...watched, askNow: true });
  } else if (failing) dockerSaysNo(turn, watched);
  else if (facts.health === undefined || facts.health.status === "healthy") dockerSaysYes(turn, watched);
  else setWatched(turn, { ...watched, asked: true });
}

/** Its retries are over: one word of Docker's is as many failures as are needed. */
function dockerSaysNo(turn: Turn, watched: Watched): void {
  const verdict = {
    kind: "silent",
    why: "error",
    detail: "docker says unhealthy",
    evidence: NOTHING,
  } as const;
  const failures = Math.max(watched.failures, turn.policy.fail - 1);
  applyLook(turn, { ...watched, failures }, { at: turn.at, began: turn.at, verdict });
  const after = turn.live.instances[watched.facts.instance];
  if (after?.condition === "starting")
    setWatched(turn, { ...after, condition: "failed", since: turn.at, cause: verdict.detail });
}

function dockerSaysYes(turn: Turn, watched: Watched): void {
  const goods = Math.max(watched.goods, turn.policy.recover - 1);
  applyLook(turn, { ...watched, goods }, { at: turn.at, began: turn.at, verdict: { kind: "good" } });
}

function tellStale(turn: Turn, { service, instance }: ContainerFacts): void {
  const cause = "docker's health check hangs: its last result is old";
  openIncident(turn, service, { cause, since: turn.at, instance });
  tell(turn, service, "needs-you", cause, `docker inspect ${instance}`);
}
