import type { AlertLevel, Remedy, StartCause } from "./model.ts";

/** What is stored, as JSON: whatever a restart of the agent must not forget. */
export type DurableState = {
  version: 1;
  /** Not later than any event seen, at most a minute behind: where the steady clock goes on after a restart. */
  at: number;
  /** Acts and incidents have their numbers from here. */
  nextId: number;
  /** When the last restart began, and all that count for the budget over all services. */
  lastBegan: number | undefined;
  restarts: readonly number[];
  /** Restarts and flips whose end was not heard of. */
  acts: readonly Act[];
  engineDown: boolean;
  /** Until then the engine's return is only watched. */
  settledAt: number;
  /** By service; the names of names.ts have one for their incidents. */
  services: Readonly<Record<string, ServiceRecord>>;
  /** By instance. */
  lives: Readonly<Record<string, LifeRecord>>;
};

export type Act = {
  id: number;
  what: "restart" | "flip";
  service: string;
  /** Whose life is acted on: the sick one, or the standby that is flipped to. */
  instance: string;
  container: string;
  startedAt: number;
  since: number;
  /** What it makes runs by now, and is only to become ready. */
  started?: boolean | undefined;
};

export type ServiceRecord = {
  /** Times of restarts that count for the circuit: the watchdog's own, Docker's, and kills for memory. */
  own: readonly number[];
  docker: readonly number[];
  ooms: readonly number[];
  /** Restarts since it was last calm, and before when there is no next one. */
  step: number;
  notBefore: number;
  /** The life that was acted on last: not acted on again unless that failed. */
  lastAct:
    | { container: string; startedAt: number; at: number; ended: "done" | "failed" | undefined }
    | undefined;
  /** The container that the last restart left behind. */
  made: string | undefined;
  /** Starts in a row that were never ready and ended alike. */
  stillborn: { exitCode: number; signature: string | undefined; count: number } | undefined;
  circuit: Circuit | undefined;
  /** Containers whose restarts by Docker were switched off. */
  taken: readonly string[];
  /** Whether any look at it was ever good: a probe that never was cannot tell a hang. */
  answered: boolean;
  /** The probe that was answered well last once it was ready; see ServicePolicy.probe. */
  alive?: string | undefined;
  incident: OpenIncident | undefined;
  /** Since when it is only reported on, and how often it would have been restarted. */
  report: { since: number; would: number; told: boolean } | undefined;
};

export type Circuit = {
  state: "open" | "half-open";
  since: number;
  tries: number;
  nextTryAt: number;
  /** Whether `nextTryAt` was used: it is set anew only after a try. Absent of an older agent: while it is half-open. */
  tried?: boolean | undefined;
  why: string;
  /** Image and secrets of the containers that failed: one with others is worth a try at once. */
  versions: readonly string[];
};

export type OpenIncident = {
  id: number;
  since: number;
  cause: string;
  /** The highest level that was told. */
  told: AlertLevel | undefined;
  /** Since when customers lose; undefined while the service serves. */
  outSince: number | undefined;
  lostMs: number;
  remedy: Remedy | undefined;
  /** Whether a restart was noted that would have been done. */
  would: boolean;
};

/** One life of a container, from a start to its end. */
export type LifeRecord = {
  service: string;
  container: string;
  startedAt: number;
  /** Of the machine's clock, as the engine tells it: by it a new agent knows that it is the same life. */
  wall?: string | undefined;
  restartCount: number;
  why: StartCause;
  /** Whether it has ever given a good answer, and whether its end was noted. */
  ready: boolean;
  ended: boolean;
  /** A person stops, has stopped or has paused it. */
  person: { what: "stop" | "pause"; since: number } | undefined;
};
