/** "2026-01-02 03:04:05", in UTC as the containers' logs have it. */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
