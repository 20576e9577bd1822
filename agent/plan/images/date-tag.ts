/** The day as people at this machine name it: "20261122". */
export function dateTag(atMs: number): string {
  const day = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}${two(day.getMonth() + 1)}${two(day.getDate())}`;
}
