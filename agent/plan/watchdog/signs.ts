import { isSettling } from "./engine-state.ts";
import { isHeld } from "./holds.ts";
import { closeIncident, openIncident, tell } from "./incidents.ts";
import { isBlocked } from "./needs.ts";
import { lifeOf, liveOf, policyOf, recordOf, setLive, type Turn, watchedOf } from "./turn.ts";

/** What no restart cures, but a person must know: it is slow, or it answers that the question is wrong. */
export function passSigns(turn: Turn, service: string): void {
  for (const watched of watchedOf(turn, service)) {
    if (isHeld(turn, watched) || isBlocked(turn, service)) continue;
    const { condition, strange, cause, facts, silentSince, since } = watched;
    if (condition === "slow") {
      const what = `it is alive, but slow: ${cause}`;
      openIncident(turn, service, { cause: what, since: silentSince ?? since, instance: facts.instance });
      tell(turn, service, "needs-you", what, `soloflow-agent logs ${service}`);
    }
    if (strange >= turn.policy.fail && condition === "ready") {
      const what = `its probe is answered with a refusal: ${cause}`;
      openIncident(turn, service, { cause: what, since: turn.at, instance: facts.instance });
      tell(turn, service, "needs-you", what, "soloflow-agent check");
    }
  }
}

/** Mending goes on, but customers have lost for longer than a restart takes. */
export function passLong(turn: Turn, service: string): void {
  const { incident } = recordOf(turn, service);
  const [serving] = watchedOf(turn, service);
  if (incident?.outSince === undefined || serving === undefined) return;
  if (isSettling(turn) || isHeld(turn, serving) || isBlocked(turn, service)) return;
  const bearable = turn.policy.pageAfterMs + (policyOf(turn, service).usual?.p95Ms ?? 0);
  if (turn.at - incident.outSince < bearable) return;
  tell(
    turn,
    service,
    "losing",
    `${incident.cause}; it still does not serve`,
    `soloflow-agent logs ${service}`,
  );
}

/** What a person has stopped or taken away is their business, and no incident any more. */
export function passPerson(turn: Turn, service: string): void {
  const [serving] = watchedOf(turn, service);
  const gone = turn.live.listed && (turn.live.members[service] ?? []).length === 0;
  const person = serving && lifeOf(turn, serving.facts.instance)?.person;
  if (person === undefined && !gone) return;
  if (liveOf(turn, service).out !== undefined) setLive(turn, service, { out: undefined });
  if (recordOf(turn, service).incident === undefined || isSettling(turn)) return;
  closeIncident(turn, service, gone ? "its container is gone" : `a person has done a ${person?.what} of it`);
}
