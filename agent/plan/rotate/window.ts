import { parseTimeWindow } from "../../core/time-window.ts";

/** Minutes that the machine's clock is ahead of UTC at a moment: what `getTimezoneOffset` says, turned round. */
export type Zone = (at: number) => number;

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * When the window that is open at `now` was opened, and when it closes, milliseconds since 1970; undefined between two.
 * The same for every moment of a window, also where the clock is set to summer or winter meanwhile: an hour that comes
 * twice opens a window that begins in it twice, one that is left out lets it begin when it would have.
 */
export function openWindow(
  text: string,
  now: number,
  zone: Zone,
): { opensAt: number; closesAt: number } | undefined {
  const { from, minutes } = parseTimeWindow(text);
  const local = now + zone(now) * MINUTE;
  const today = Math.floor(local / DAY) * DAY + from * MINUTE;
  const opens = today <= local ? today : today - DAY;
  if (local >= opens + minutes * MINUTE) return undefined;
  const opensAt = moment(opens, now, zone);
  return { opensAt, closesAt: opensAt + minutes * MINUTE };
}

/** The moment at which the clock showed `local`; where it never did, the one at which it would have by today's hour. */
function moment(local: number, now: number, zone: Zone): number {
  const guess = local - zone(now) * MINUTE;
  const other = local - zone(guess) * MINUTE;
  return other + zone(other) * MINUTE === local ? other : guess;
}
