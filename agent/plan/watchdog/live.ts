import type { ContainerFacts, Hold } from "./model.ts";
import type { ServicePhase } from "./service-phase.ts";

/** What may be lost with the process: it is seen again within seconds, and no invariant rests on it. */
export type LiveState = {
  at: number;
  /** When everything was looked through last. */
  passedAt: number;
  /** Looks that began before this were made by a starved agent. */
  discardBefore: number;
  /** When the engine was found to be down. */
  engineDownAt: number | undefined;
  pressure: { diskFree: number; memory: boolean; cpu: boolean } | undefined;
  /** Whether a list was seen since the agent's start. */
  listed: boolean;
  holds: Readonly<Record<string, Hold>>;
  instances: Readonly<Record<string, Watched>>;
  services: Readonly<Record<string, ServiceLive>>;
  /** Instances of each service, the one that serves first. */
  members: Readonly<Record<string, readonly string[]>>;
};

/** What is known of one service now. */
export type ServiceLive = {
  phase: ServicePhase | undefined;
  cause: string;
  since: number;
  /** `until`: undefined while what it needs is not ready. `failed`: it was seen not to be, not only not asked yet. */
  blocked: { by: string; until: number | undefined; failed: boolean } | undefined;
  /** It has ended by itself, and whether the circuit opens is still to be judged. */
  diedAt: number | undefined;
  /** Customers lose, or have lost `until` then; an incident of it as soon as what it needs is known to be well. */
  out: { instance: string; since: number; until: number | undefined; cause: string } | undefined;
  /** A flip that failed is not tried again before this. */
  noFlipBefore: number;
};

/** How a container fares. "reviving": Docker starts it again. "down": it has ended, and nobody starts it again. */
export type Condition =
  | "starting"
  | "ready"
  | "suspect"
  | "unhealthy"
  | "slow"
  | "failed"
  | "reviving"
  | "down"
  | "stopped";

export type Watched = {
  facts: ContainerFacts;
  condition: Condition;
  /** In words why, and since when. */
  cause: string;
  since: number;
  /** Looks in a row: bad ones, good ones, 4xx. */
  failures: number;
  goods: number;
  strange: number;
  /** When the first bad look of those began, when the first good one answered. */
  silentSince: number | undefined;
  goodSince: number | undefined;
  /** When the last good look began. */
  lastGoodAt: number | undefined;
  /** When the last sign of life against the silence was seen. */
  evidenceAt: number | undefined;
  /** When an answer was last seen during the silence, a late one or a customer's: a processor that is busy is none. */
  answeredAt?: number | undefined;
  readySince: number | undefined;
  /** From when it has been looked at in this life: a deadline counts from here at the earliest. */
  lookedFrom: number;
  /** Whether the moment of its first good answer is known: it was asked before and gave none. */
  asked: boolean;
  /** Docker's health check says no: to be asked at once. */
  askNow: boolean;
  orphanedSince: number | undefined;
  /** Of a start that took too long: whether its liveness probe was answered all the same; undefined: not asked. */
  alive?: boolean | undefined;
};
