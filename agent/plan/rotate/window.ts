/** A time of each day, in minutes of the day on the machine's clock. One that ends when it begins is the whole day. */
type Window = { from: number; minutes: number };

/** Minutes that the machine's clock is ahead of UTC at a moment: what `getTimezoneOffset` says, turned round. */
export type Zone = (at: number) => number;

const MINUTE = 60_000;
const DAY = 86_400_000;
const DAY_MINUTES = 1_440;

/** How long "03:00-05:00" is, milliseconds; over midnight where the second time is the earlier one. */
export function windowMs(text: string): number {
  return parsed(text).minutes * MINUTE;
}

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
  const { from, minutes } = parsed(text);
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

function parsed(text: string): Window {
  const [from, to] = text.split("-").map(minutesOf);
  const length = ((to ?? 0) - (from ?? 0) + DAY_MINUTES) % DAY_MINUTES;
  return { from: from ?? 0, minutes: length === 0 ? DAY_MINUTES : length };
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
