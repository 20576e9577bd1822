import type { Clock } from "../../host/clock.ts";

type Boot = ReturnType<Clock["boot"]>;
type Stamp = { boot: string; ms: number; at: number };

/** The state as it is stored: with the moment of this boot that `at`, of the steady clock, was. */
export function stamped(durable: object, at: number, boot: Boot): object {
  if (boot === undefined) return durable;
  const stamp: Stamp = { boot: boot.id, ms: boot.ms, at };
  return { ...durable, stamp };
}

/**
 * The steady time now, where the state was stored in this boot of the machine: its clock may have been set meanwhile,
 * and a budget is not to be forgotten for that. undefined after a reboot, where the machine's clock is all there is.
 */
export function resumedAt(stored: unknown, boot: Boot): number | undefined {
  const { stamp } = (stored ?? {}) as { stamp?: Partial<Stamp> };
  if (boot === undefined || stamp?.boot !== boot.id) return undefined;
  const at = Number(stamp.at) + Math.max(0, boot.ms - Number(stamp.ms));
  return Number.isFinite(at) ? at : undefined;
}
