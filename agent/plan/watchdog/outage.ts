import { beginsToLose, losesNoMore, openIncident } from "./incidents.ts";
import type { Watched } from "./live.ts";
import { isBlocked, needsAreWell } from "./needs.ts";
import { troubleOf } from "./trouble.ts";
import { liveOf, recordOf, servingOf, setLive, type Turn } from "./turn.ts";

/**
 * Whoever serves gives no answers since `since`. What it needs may be the cause: an incident is made of it by
 * `passOutage`, once that is known to be well.
 */
export function servesNoMore(
  turn: Turn,
  { facts }: Pick<Watched, "facts">,
  since: number,
  cause: string,
): void {
  if (facts.role !== "serving") return;
  const { out } = liveOf(turn, facts.service);
  if (out !== undefined && out.until === undefined) return;
  if (recordOf(turn, facts.service).incident?.outSince !== undefined) return;
  const { instance } = facts;
  setLive(turn, facts.service, { out: { instance, since: out?.since ?? since, until: undefined, cause } });
}

/** Whoever serves answers again, since `at`. */
export function servesAgain(turn: Turn, { facts }: Pick<Watched, "facts">, at: number): void {
  if (facts.role !== "serving") return;
  const { out } = liveOf(turn, facts.service);
  if (out !== undefined && out.until === undefined)
    setLive(turn, facts.service, { out: { ...out, until: at } });
  losesNoMore(turn, facts.service, at);
}

/** An outage becomes an incident when the cause is not what the service needs. */
export function passOutage(turn: Turn, service: string): void {
  endOutage(turn, service);
  const { out } = liveOf(turn, service);
  if (out === undefined) return;
  const blocked = isBlocked(turn, service);
  if (!blocked && !needsAreWell(turn, service, out.since)) return;
  setLive(turn, service, { out: undefined });
  if (blocked) return;
  const { instance, since, until, cause } = out;
  openIncident(turn, service, { cause, since, instance });
  beginsToLose(turn, service, since);
  if (until !== undefined) losesNoMore(turn, service, until);
}

/**
 * Who serves is well, though nobody saw it become so: the agent was away meanwhile, or another one serves than the one
 * that was sick.
 */
function endOutage(turn: Turn, service: string): void {
  const serving = servingOf(turn, service);
  if (serving?.condition !== "ready" || serving.goodSince === undefined) return;
  if (troubleOf(turn, serving) !== undefined) return;
  const { out } = liveOf(turn, service);
  const since =
    recordOf(turn, service).incident?.outSince ?? (out?.until === undefined ? out?.since : undefined);
  if (since !== undefined)
    servesAgain(turn, serving, serving.goodSince > since ? serving.goodSince : turn.at);
}
