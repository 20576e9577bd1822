import type { Container, ContainerSummary } from "../../core/container.ts";
import { startOf } from "./container-facts.ts";

/** Docker rounds a container's age down to one unit; a list and a look are not of the same moment. */
const SLACK_MS = 3_000;
const MINUTE = 60_000;
/** The longest age that each of Docker's words may stand for ("3 days": less than four). Longer ones are not told apart. */
const UNITS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: MINUTE,
  hour: 60 * MINUTE,
  day: 24 * 60 * MINUTE,
};

/**
 * Whether the engine's one line on a container says something else than the last look at it: another state or
 * health, or a life that is younger than the one that is known.
 */
export function contradicts(summary: ContainerSummary, known: Container, wallMs: number): boolean {
  if (summary.state !== known.state) return true;
  if (summary.state !== "running") return false;
  const health = /\((healthy|unhealthy|health: starting)\)/.exec(summary.status)?.[1];
  if (health !== undefined && health.replace("health: ", "") !== known.health?.status) return true;
  const started = startOf(known);
  return started === undefined || wallMs - started > longestAge(summary.status) + SLACK_MS;
}

/** "Up About a minute", "Up 5 seconds (healthy)", "Up 2 hours" to milliseconds; Infinity for what is not understood. */
function longestAge(status: string): number {
  const [, amount = "", unit = ""] =
    /^Up (Less than a|About an|About a|\d+) (second|minute|hour|day)s?/.exec(status) ?? [];
  const size = UNITS[unit];
  if (size === undefined) return Number.POSITIVE_INFINITY;
  const count = amount === "Less than a" ? 0 : /^\d+$/.test(amount) ? Number(amount) : 1;
  return (count + 1) * size;
}
