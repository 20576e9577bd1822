/** A time of each day, in minutes of the day. One that ends when it begins is the whole day. */
export type TimeWindow = { from: number; minutes: number };

const DAY_MINUTES = 1_440;

/** Reads "03:00-05:00"; over midnight where the second time is the earlier one. */
export function parseTimeWindow(text: string): TimeWindow {
  const [from = 0, to = 0] = text.split("-").map(minutesOf);
  const minutes = (to - from + DAY_MINUTES) % DAY_MINUTES;
  return { from, minutes: minutes === 0 ? DAY_MINUTES : minutes };
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
