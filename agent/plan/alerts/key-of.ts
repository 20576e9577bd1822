import type { Alert } from "./alert.ts";

/** How long the same is not told again where no incident says when it is over. */
const QUIET_MS = 6 * 3_600_000;

/**
 * What is told only once has one key: the same service, code and level within an incident, and one page for all of an
 * incident, whatever else goes wrong in it.
 */
export function keyOf({ incident, level, service, code, at }: Omit<Alert, "id">): string {
  if (incident === undefined) return `${level}/${service}/${code}/${Math.floor(at / QUIET_MS)}`;
  return level === "needs-you" ? `${incident}/${level}/${service}/${code}` : `${incident}/${level}`;
}
