/** The word of `status --json`. "engine-down": nothing is known and nothing is done. */
export type ServicePhase =
  | "starting"
  | "ready"
  | "suspect"
  | "unhealthy"
  | "slow"
  | "restarting"
  | "blocked"
  | "held"
  | "open"
  | "half-open"
  | "failed"
  | "stopped"
  | "engine-down";
