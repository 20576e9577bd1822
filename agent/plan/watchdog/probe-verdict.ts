/**
 * What spoke against a hang while probes failed: the process burns CPU, answers late, or customers get answers. Of the
 * time since the look before this one began, so that an old sign of life is not taken for a new one.
 */
export type Evidence = { busy: boolean; lateMs: number | undefined; servedMeanwhile: boolean };

export type ProbeVerdict =
  | { kind: "good" }
  | { kind: "silent"; why: "timeout" | "refused" | "error"; detail: string; evidence: Evidence }
  /** A 4xx: a fault of configuration, never a reason to restart. */
  | { kind: "misconfigured"; detail: string };
