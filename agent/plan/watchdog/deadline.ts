import type { ServicePolicy, WatchPolicy } from "./model.ts";

/** A start that takes longer than usual by this much is late even where the longest deadline is shorter. */
const AT_LEAST = 1.5;

/**
 * How long a start may take, milliseconds: three times its p95, not shorter and not longer than the policy's limits;
 * but never shorter than a start that is known to take so long.
 */
export function deadlineMs({ deadline }: WatchPolicy, { usual }: ServicePolicy): number {
  if (usual === undefined) return deadline.unknownMs;
  const { factor, minMs, maxMs } = deadline;
  return Math.max(Math.min(Math.max(factor * usual.p95Ms, minMs), maxMs), AT_LEAST * usual.p95Ms);
}
