import type { ContainerState } from "../../core/container.ts";

/*
 * What the watchdog knows, sees and does: data only. `decide` (../watchdog.ts) is a function of these. Every time is
 * milliseconds on the watchdog's own steady clock: the wall clock at the first start, never going back (see
 * run/watch/steady-clock.ts), so that a clock that jumps moves no budget and no deadline.
 */

export type ServiceMode = "restart" | "report";

/** One watched service. */
export type ServicePolicy = {
  mode: ServiceMode;
  /** Services that must be ready for this one to be able to work: while one is not, this one is BLOCKED. */
  needs: readonly string[];
  /** Whether the agent asks it itself; without, Docker's own health check is all there is. */
  probed: boolean;
  /** From history; undefined where it was never measured. Milliseconds. */
  usual: { p50Ms: number; p95Ms: number } | undefined;
};

/** Defaults: `watch-policy.ts`, with the source of each number. */
export type WatchPolicy = {
  services: Readonly<Record<string, ServicePolicy>>;
  everyMs: number;
  suspectEveryMs: number;
  startingEveryMs: number;
  /** Failed probes in a row that make a service unhealthy, and good ones that make it well again. */
  fail: number;
  recover: number;
  backoffMs: readonly number[];
  jitter: number;
  calmMs: number;
  /** The circuit of one service opens at the first of these that is reached. */
  circuit: readonly { restarts: number; withinMs: number }[];
  halfOpenMs: readonly number[];
  /** Over all services. */
  spacingMs: number;
  total: { restarts: number; withinMs: number };
  oom: { kills: number; withinMs: number };
  deadline: { factor: number; minMs: number; maxMs: number; unknownMs: number };
  lagMs: number;
  engineSettleMs: number;
  unblockMs: number;
  reportMs: number;
  /** Free share of the disk below which is warned, paged, and below which nothing is restarted. */
  disk: { warn: number; page: number; stressed: number };
};

/** One container that stands for a service. */
export type Target = {
  /** Service of the agent's own model: "gateway-green", "database". The key of a target. */
  instance: string;
  service: string;
  role: "serving" | "standby";
};

/** One container as the last list shows it. */
export type ContainerFacts = Target & {
  container: string;
  image: string;
  state: ContainerState;
  startedAt: number | undefined;
  exitCode: number;
  oomKilled: boolean;
  /** Docker's own restarts of this container. */
  restartCount: number;
  /** Docker's health check; `stale`: its last look is older than interval + timeout + 30 s. */
  health: { status: "starting" | "healthy" | "unhealthy"; failing: boolean; stale: boolean } | undefined;
  /** Whether Docker itself starts it again after a crash. */
  dockerRestarts: boolean;
  /** Its network is that of a container that has gone or been made anew. */
  orphaned: boolean;
};

/** Somebody says: hands off. */
export type Hold = {
  service: string;
  /** "deploy", "rotate-secrets", "an operator", … */
  by: string;
  since: number;
};

/** What spoke against a hang while probes failed: the process burns CPU, answers late, or customers get answers. */
export type Evidence = { busy: boolean; lateMs: number | undefined; servedMeanwhile: boolean };

export type ProbeVerdict =
  | { kind: "good" }
  | { kind: "silent"; why: "timeout" | "refused" | "error"; detail: string; evidence: Evidence }
  /** A 4xx: a fault of configuration, never a reason to restart. */
  | { kind: "misconfigured"; detail: string };

export type WatchEvent = {
  at: number;
  /** From 0 up to 1: what jitter is made of. */
  random: number;
} & (
  | { type: "observed"; containers: readonly ContainerFacts[]; holds: readonly Hold[] }
  /** One look at a container; `startedAt` tells which life of it was asked. */
  | { type: "probed"; instance: string; container: string; startedAt: number; verdict: ProbeVerdict }
  /** Docker's event: somebody stops or kills it by hand; what follows is not a crash. */
  | { type: "stopping"; instance: string; container: string }
  | { type: "engine"; reachable: boolean }
  /** The agent's own timers came so much too late. */
  | { type: "lagged"; lateMs: number }
  | { type: "pressure"; diskFree: number; memory: boolean; cpu: boolean }
  /** How what was decided has ended. */
  | { type: "acted"; action: number; outcome: ActOutcome }
  /** The words of an operator: closes the circuit, tries at once. */
  | { type: "resumed"; service: string }
  | { type: "tick" }
);

export type ActOutcome =
  /** `how`: what was done; `container` now stands for the service. */
  | { kind: "done"; how: Remedy; container: string }
  /** The container was another one, or ran no more, or somebody held it: nothing was done. */
  | { kind: "moot"; why: string }
  | { kind: "failed"; why: string };

/** other-colour: the other colour was made ready first. standby: the warm one serves already, this one is mended. */
export type Remedy = "other-colour" | "standby" | "in-place" | "recreate" | "start";

/** Why a container was started, for the record of ready-after. */
export type StartCause = "deploy" | "restart" | "docker" | "operator" | "boot";

export type AlertLevel = "healed" | "needs-you" | "losing";

export type WatchAction = {
  cause: string;
} & /** `id` is unique for all time in this project; an intent is written under it before anything is done. */
(
  | { type: "restart"; id: number; service: string; instance: string; container: string; startedAt: number }
  /** Docker's own restart loop is ended, or given back. */
  | { type: "docker-restarts"; instance: string; container: string; allow: boolean }
  | { type: "ready"; service: string; instance: string; image: string; ms: number; why: StartCause }
  | { type: "alert"; level: AlertLevel; service: string; incident: number | undefined; next: string }
  /** A line for `events`. */
  | { type: "event"; service: string; from: ServicePhase | undefined; to: ServicePhase }
  | { type: "incident"; change: "opened" | "closed" | "would-restart"; incident: number; service: string }
);

/** The word of `status --json`. */
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
  | "failed"
  | "stopped";
