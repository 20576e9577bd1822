import type { ContainerState } from "../../core/container.ts";
import type { ProbeVerdict } from "./probe-verdict.ts";
import type { ServicePhase } from "./service-phase.ts";

/*
 * What the watchdog knows, sees and does: data only. `decide` (../watchdog.ts) is a function of these. Every time is
 * milliseconds on the watchdog's own steady clock: the wall clock at the first start, never going back (see
 * run/watch/steady-clock.ts), so that a clock that jumps moves no budget and no deadline.
 */

export type ServiceMode = "restart" | "report";

/** One watched service. */
export type ServicePolicy = {
  mode: ServiceMode;
  /** Why it is only reported on, where that is not what it was set to. */
  hindered?: string;
  /** Services that must be ready for this one to be able to work: while one is not, this one is BLOCKED. */
  needs: readonly string[];
  /** Whether a second container of it stands by: each has its own budget and its own circuit. */
  standby?: boolean;
  /** Whether the agent asks it itself; without, Docker's own health check is all there is. */
  probed: boolean;
  /** The words of the probe that is asked once it is ready; another one has to answer well before it is believed. */
  probe?: string | undefined;
  /** Whether that is a liveness path that was given, not a guess. */
  hasLive?: boolean;
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
  /** Silence shorter than a restart's usual price (p50) is tolerated, a longer one only so long. */
  silenceMaxMs: number;
  /** A slow service without any new sign of life for so long counts as silent. */
  slowEndMs: number;
  /** Who only burns processor time, without any late or other answer, counts as silent after so long. */
  busyEndMs: number;
  /** Over all services. Restarts begin so far apart. */
  spacingMs: number;
  /** A restart that stops and starts for longer than this holds up those of other services no more. */
  slotMs: number;
  total: { restarts: number; withinMs: number };
  oom: { kills: number; withinMs: number };
  deadline: { factor: number; minMs: number; maxMs: number; unknownMs: number };
  lagMs: number;
  /** Two or more that fall silent within this time: the machine is asked first. */
  togetherMs: number;
  engineSettleMs: number;
  unblockMs: number;
  reportMs: number;
  /** Free share of the disk below which is warned, paged, and below which it counts as host pressure. */
  disk: { warn: number; page: number; stressed: number };
  /** An incident ends when its service has been well for so long: what flaps is one incident. */
  episodeMs: number;
  /** Customers who lose for longer than this and the usual start are a page, though mending goes on. */
  pageAfterMs: number;
  /** A person's stop under way: the longest that a container may take over it. */
  stoppingMs: number;
  /** A container whose network has gone is left alone so long: who replaced the parent replaces the child. */
  orphanMs: number;
  /** What was begun and of which nothing was heard for so long has failed. */
  actionMs: number;
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
  /**
   * When its life began, or undefined when it never ran. Together with `container` the name of that life: a time of
   * the machine's clock is converted once for each life, so that the same life has the same number for ever.
   */
  startedAt: number | undefined;
  /** The same as the engine tells it, for an agent that comes later; see `lifeClock`. */
  startedWall?: string | undefined;
  /** How its last life ended, where known: of a running container the one before. */
  exitCode: number;
  oomKilled: boolean;
  /** Its last life is known to have ended by itself with 0, as a worker that is done: no fault. */
  endedWell?: boolean;
  /** What the last lines of that life have in common with those of another that ended alike; see log-signature.ts. */
  logSignature?: string | undefined;
  /** Why the engine could not start it; "" or absent where it could. Such a container was stopped by nobody. */
  startError?: string | undefined;
  memoryLimitBytes?: number | undefined;
  /** Changes when it would get another version of a secret: a reason to try an open circuit at once. */
  secrets?: string | undefined;
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
  /** "*" is every service. */
  service: string;
  /** "deploy", "rotate-secrets", "an operator", … */
  by: string;
  since: number;
};

/** Readiness is asked of what starts, liveness of what is ready; see probes-of.ts. */
export type ProbeKind = "live" | "ready";

export type WatchEvent = {
  at: number;
  /** From 0 up to 1: what jitter is made of. */
  random: number;
} & (
  | { type: "observed"; containers: readonly ContainerFacts[]; holds: readonly Hold[] }
  /** One look at a container; `startedAt` tells which life of it was asked, `began` when (absent: `at`). */
  | {
      type: "probed";
      instance: string;
      container: string;
      startedAt: number;
      began?: number;
      /** Which probe it was; absent: the one that was due. */
      asked?: ProbeKind;
      verdict: ProbeVerdict;
    }
  /** Docker's event: somebody stops or kills it by hand (with a signal that ends it); what follows is no crash. */
  | { type: "stopping"; instance: string; container: string }
  /** Docker's event: something in the container took more memory than it has. Its first process may live on. */
  | { type: "oom"; instance: string; container: string }
  /** Not reachable: two pings in a row have failed. */
  | { type: "engine"; reachable: boolean }
  /** The agent's own timers came so much too late. */
  | { type: "lagged"; lateMs: number }
  | { type: "pressure"; diskFree: number; memory: boolean; cpu: boolean }
  /** Where services that share a secret do not accept the same of it, in words; none: they agree. */
  | { type: "drift"; causes: readonly string[] }
  /** What a restart makes runs: only whether it becomes ready is still awaited, and that holds up nobody else. */
  | { type: "started"; action: number }
  /** How what was decided has ended: exactly once for each restart and flip, also for one that a killed agent began. */
  | { type: "acted"; action: number; outcome: ActOutcome }
  /** The words of an operator: closes the circuit, tries at once. */
  | { type: "resumed"; service: string }
  | { type: "tick" }
);

export type ActOutcome =
  /**
   * `how`: what was done; `container` now stands for the service. `readyMs` with `image` where the doer awaited its
   * first good answer itself (other-colour): the record of ready-after is made of it.
   */
  | { kind: "done"; how: Remedy; container: string; readyMs?: number; image?: string }
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
} & (
  | RestartAction
  /** The warm standby serves from now on; the sick one becomes the standby and is mended later. Costs no budget. */
  | {
      type: "flip";
      id: number;
      service: string;
      /** Whom to flip to, as the decision saw it. */
      instance: string;
      container: string;
      startedAt: number;
      /** Who serves until then. */
      from: string;
      incident: number;
    }
  /** Docker's own restart loop is ended, or given back. Said again at each list until the list shows it. */
  | { type: "docker-restarts"; instance: string; container: string; allow: boolean }
  | { type: "ready"; service: string; instance: string; image: string; ms: number; why: StartCause }
  /** `next`: the next command. */
  | { type: "alert"; level: AlertLevel; service: string; incident: number | undefined; next: string }
  /** A line for `events`. */
  | { type: "event"; service: string; from: ServicePhase | undefined; to: ServicePhase }
  | IncidentAction
);

/**
 * `id` is unique for all time in this project; an intent is written under it before anything is done. The answer is
 * an event "acted" with this id.
 */
export type RestartAction = {
  type: "restart";
  id: number;
  service: string;
  instance: string;
  container: string;
  startedAt: number;
  incident: number;
};

/**
 * `incident` is unique for all time in this project. `service` is a name of names.ts for what belongs to no service.
 */
export type IncidentAction = { type: "incident"; incident: number; service: string } & (
  | { change: "opened"; instance: string | undefined; detectedMs: number; report: boolean }
  /** Only `report`: what would have been done. */
  | { change: "would-restart"; instance: string }
  /** `lostMs`: how long the serving one gave no answers, from each first failure until it served again. */
  | { change: "closed"; lostMs: number; remedy: Remedy | undefined }
);
