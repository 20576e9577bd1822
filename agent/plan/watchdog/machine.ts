import { isHeld } from "./holds.ts";
import { closeIncident, openIncident, tell } from "./incidents.ts";
import type { Watched } from "./live.ts";
import { lookAnew } from "./look-anew.ts";
import { MACHINE } from "./names.ts";
import type { Trouble } from "./trouble.ts";
import { policyOf, recordOf, setWatched, type Turn } from "./turn.ts";

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
 * Whether the machine is the likelier cause: it is short of something, and others have fallen silent at the same
 * time or there are none to compare with. "wait" until the others have been asked. Undefined: it is not the machine.
 */
export function starved(
  turn: Turn,
  sick: Watched,
  { kind, since }: Trouble,
): { shortage: string } | "wait" | undefined {
  const shortage = shortageOf(turn);
  if (shortage === undefined || kind === "orphaned") return undefined;
  const { service } = sick.facts;
  const others = Object.values(turn.live.instances).filter(({ facts }) => facts.service !== service);
  if (others.some((other) => failsWith(turn, other, since))) return { shortage };
  if (kind === "down") return undefined;
  const compared = others.filter((other) => isAsked(turn, other));
  if (compared.length === 0) return { shortage };
  return compared.every(({ lastGoodAt = 0 }) => lastGoodAt >= since) ? undefined : "wait";
}

/** Whether it was well and is asked, so that its silence would tell something. */
function isAsked(turn: Turn, watched: Watched): boolean {
  const { condition, facts } = watched;
  if (!policyOf(turn, facts.service).probed || isHeld(turn, watched)) return false;
  return condition === "ready" || condition === "suspect";
}

function shortageOf({ live: { pressure }, policy }: Turn): string | undefined {
  if (pressure === undefined) return undefined;
  if (pressure.memory) return "the machine is short of memory";
  if (pressure.diskFree < policy.disk.stressed) return "the machine's disk is full";
  return pressure.cpu ? "the machine is short of processor time" : undefined;
}

function failsWith(turn: Turn, { condition, silentSince, since }: Watched, when: number): boolean {
  const ended = condition === "down" || condition === "reviving" || condition === "failed";
  if (silentSince === undefined && !ended) return false;
  return Math.abs((silentSince ?? since) - when) <= turn.policy.togetherMs;
}
