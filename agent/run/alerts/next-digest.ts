const DEFAULT = "08:00";

/**
 * The first time after `after` (milliseconds since the epoch) at which a clock on this machine's wall shows `digest`
 * ("08:00"). On the day that skips it, the moment that the clock jumps to.
 */
export function nextDigest(after: number, digest: string = DEFAULT): number {
  const [hours = 0, minutes = 0] = digest.split(":").map(Number);
  const at = (days: number) => {
    const day = new Date(after);
    day.setDate(day.getDate() + days);
    return day.setHours(hours, minutes, 0, 0);
  };
  return [0, 1, 2].map(at).find((time) => time > after) ?? after + 86_400_000;
}
