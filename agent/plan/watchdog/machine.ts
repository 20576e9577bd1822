import { closeIncident, openIncident, tell } from "./incidents.ts";
import type { Watched } from "./live.ts";
import { lookAnew } from "./look-anew.ts";
import { MACHINE } from "./names.ts";
import type { Trouble } from "./trouble.ts";
import { recordOf, setWatched, type Turn } from "./turn.ts";

type Pressure = NonNullable<Turn["live"]["pressure"]>;

/** So much more must be free than the warning's share before it is taken back. */
const SLACK = 0.01;
const NEXT = "docker system df";

/** Disk, memory and CPU of the machine; a full disk is told, all of it is remembered. */
export function takePressure(turn: Turn, { diskFree, memory, cpu }: Pressure): void {
  turn.live = { ...turn.live, pressure: { diskFree, memory, cpu } };
  const { warn, page } = turn.policy.disk;
  const cause = `${Math.floor(diskFree * 100)} % of the disk are free`;
  if (diskFree < warn) {
    openIncident(turn, MACHINE, { cause, since: turn.at });
    tell(turn, MACHINE, diskFree < page ? "losing" : "needs-you", cause, NEXT);
  } else if (diskFree >= warn + SLACK && recordOf(turn, MACHINE).incident !== undefined)
    closeIncident(turn, MACHINE, cause);
}

/** The agent's own timers came too late: whatever was asked meanwhile says nothing. */
export function takeLag(turn: Turn, lateMs: number): void {
  if (lateMs <= turn.policy.lagMs) return;
  turn.live = { ...turn.live, discardBefore: turn.at };
  for (const watched of Object.values(turn.live.instances))
    if (watched.failures > 0) setWatched(turn, lookAnew(watched, turn.at));
}

/**
 * Why the machine is the likelier cause, or undefined: it is short of something, and either others have fallen
 * silent at the same time or nobody has answered since.
 */
export function starved(turn: Turn, sick: Watched, { kind, since }: Trouble): string | undefined {
  const shortage = shortageOf(turn);
  if (shortage === undefined || kind === "orphaned") return undefined;
  const others = Object.values(turn.live.instances).filter(
    ({ facts }) => facts.service !== sick.facts.service,
  );
  if (others.some((other) => failsWith(turn, other, since))) return shortage;
  const answered = others.some(({ lastGoodAt }) => lastGoodAt !== undefined && lastGoodAt >= since);
  return kind === "down" || answered ? undefined : shortage;
}

function shortageOf({ live: { pressure }, policy }: Turn): string | undefined {
  if (pressure === undefined) return undefined;
  if (pressure.memory) return "the machine is short of memory";
  if (pressure.diskFree < policy.disk.stressed) return "the machine's disk is full";
  return pressure.cpu ? "the machine is short of processor time" : undefined;
}

function failsWith(turn: Turn, { condition, silentSince, since, failures }: Watched, when: number): boolean {
  const silent = silentSince !== undefined && failures >= turn.policy.fail;
  const began = silent ? silentSince : since;
  const fails = silent || condition === "down" || condition === "reviving" || condition === "failed";
  return fails && Math.abs(began - when) <= turn.policy.togetherMs;
}
