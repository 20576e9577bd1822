import { closeIncident, openIncident, tell } from "./incidents.ts";
import { lookAnew } from "./look-anew.ts";
import { ENGINE } from "./names.ts";
import { recordOf, setWatched, type Turn } from "./turn.ts";

const NEXT = "systemctl status docker";

/** Nothing is done while it is down, and for a while after it is back. */
export function takeEngine(turn: Turn, reachable: boolean): void {
  if (reachable) engineIsBack(turn);
  else if (turn.live.engineDownAt === undefined) engineIsDown(turn);
}

function engineIsDown(turn: Turn): void {
  turn.live = { ...turn.live, engineDownAt: turn.at };
  turn.durable = { ...turn.durable, engineDown: true };
  openIncident(turn, ENGINE, { cause: "the docker engine does not answer", since: turn.at });
  tell(turn, ENGINE, "needs-you", "the docker engine does not answer", NEXT);
}

/** Also called for the first list after a start of the agent: who lists has an engine. */
export function engineIsBack(turn: Turn): void {
  if (!turn.durable.engineDown) return;
  const settledAt = turn.at + turn.policy.engineSettleMs;
  turn.durable = { ...turn.durable, engineDown: false, settledAt };
  turn.live = { ...turn.live, engineDownAt: undefined };
  for (const watched of Object.values(turn.live.instances)) setWatched(turn, lookAnew(watched, turn.at));
}

/** What follows of time: a page when it is seen to stay away, the end of its incident when it has settled. */
export function passEngine(turn: Turn): void {
  const { incident } = recordOf(turn, ENGINE);
  if (incident === undefined) return;
  const away = turn.live.engineDownAt !== undefined && turn.durable.engineDown;
  if (away && turn.at - incident.since >= turn.policy.pageAfterMs)
    tell(turn, ENGINE, "losing", "the docker engine still does not answer", NEXT);
  if (!turn.durable.engineDown && turn.at >= turn.durable.settledAt)
    closeIncident(turn, ENGINE, "the docker engine answers");
}
