import { isUnderWay } from "./machine.ts";
import { openTurn, type RotationSchedule } from "./open-turn.ts";
import type { Rotation } from "./types.ts";
import type { Zone } from "./window.ts";

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
  const window = openTurn(schedule, lastAt, now, zone);
  if (window !== undefined) {
    const soaks = open.flatMap((rotation) => soakEnd(rotation) ?? []).filter(soonEnough(window.closesAt));
    const isWanted = schedule?.every === true || soaks.length > 0 || open.some(isUnderWay);
    if (isWanted && now >= Math.max(window.opensAt, ...soaks)) return { do: "due", until: window.closesAt };
  }
  return isStart && open.some((rotation) => isRipe(rotation, now)) ? { do: "settle" } : undefined;
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
