import { isUnderWay } from "./machine.ts";
import type { Rotation } from "./types.ts";
import { openWindow, type Zone } from "./window.ts";

/** Where soloflow.toml does not say. */
export const BETWEEN = "03:00-05:00";

/** What the last deploy left for the schedule: it knows no soloflow.toml and opens no secret to see whether it is time. */
export type RotationSchedule = {
  /** `[rotation] between`, "03:00-05:00". */
  between?: string;
  /** Whether any secret has `every`. */
  every: boolean;
};

/** A rotation that has not ended, as far as the schedule goes by it. */
export type OpenRotation = Pick<Rotation, "state" | "soakUntil">;

/** due: also rotate what is due. settle: only see to what was interrupted or has soaked. */
export type Turn = { do: "due"; until: number } | { do: "settle" };

export type TurnFacts = {
  /** When a "due" was begun last. */
  lastAt: number | undefined;
  open: readonly OpenRotation[];
  /** Nobody has looked since the agent, or the machine, was started. */
  isStart: boolean;
};

/** A soak that ends later than this before the end of a window is not waited for. */
const MARGIN_MS = 600_000;

/**
 * Whether it is time to look after rotations. Once in each window, where there is something to look after: as it opens,
 * or when a soak has ended that ends in it. `until`: the end of the window, up to which secrets count as due, so that a
 * period of whole days does not become a day longer. At a start also what cannot wait for the window.
 */
export function scheduledTurn(
  schedule: RotationSchedule | undefined,
  { lastAt, open, isStart }: TurnFacts,
  now: number,
  zone: Zone,
): Turn | undefined {
  const window = openWindow(schedule?.between ?? BETWEEN, now, zone);
  if (window !== undefined && !isTaken(lastAt, window.opensAt, now)) {
    const soaks = open.flatMap((rotation) => soakEnd(rotation) ?? []).filter(soonEnough(window.closesAt));
    const isWanted = schedule?.every === true || soaks.length > 0 || open.some(isUnderWay);
    if (isWanted && now >= Math.max(window.opensAt, ...soaks)) return { do: "due", until: window.closesAt };
  }
  return isStart && open.some((rotation) => isRipe(rotation, now)) ? { do: "settle" } : undefined;
}

/** Whether the turn of the window that is open now, if any is, was not taken yet: cheap enough for every minute. */
export function mayBeTime(
  schedule: RotationSchedule | undefined,
  lastAt: number | undefined,
  now: number,
  zone: Zone,
): boolean {
  const window = openWindow(schedule?.between ?? BETWEEN, now, zone);
  return window !== undefined && !isTaken(lastAt, window.opensAt, now);
}

/** A time that has yet to come was written by a clock that has been put back since. */
function isTaken(lastAt: number | undefined, opensAt: number, now: number): boolean {
  return lastAt !== undefined && lastAt >= opensAt && lastAt <= now;
}

function soakEnd(rotation: OpenRotation): number | undefined {
  return isUnderWay(rotation) ? undefined : rotation.soakUntil;
}

function soonEnough(closesAt: number): (soakUntil: number) => boolean {
  return (soakUntil) => soakUntil <= closesAt - MARGIN_MS;
}

function isRipe(rotation: OpenRotation, now: number): boolean {
  return isUnderWay(rotation) || (rotation.soakUntil ?? 0) <= now;
}
