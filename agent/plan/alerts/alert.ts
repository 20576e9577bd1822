import type { AlertLevel, WatchAction } from "../watchdog/model.ts";
import { codeOf } from "./code-of.ts";
import { redact } from "./redact.ts";

/**
 * What a person, or their program, is told: the whole of it, so that nothing else can leave the machine. There are no
 * log lines in it and no answers of an app; `cause` and `next` have gone through `redact`. Times are milliseconds
 * since the epoch.
 */
export type Alert = {
  /** Stays the same however often it is sent: a receiver that has seen it may drop it. */
  id: string;
  project: string;
  level: AlertLevel;
  service: string;
  /** A word for programs: "no-answer". */
  code: string;
  /** In words. */
  cause: string;
  at: number;
  /** When it began; undefined where that is no point in time ("the disk is nearly full"). */
  since: number | undefined;
  /** How long customers got no answers, so far; undefined where nobody can tell. */
  lostMs: number | undefined;
  incident: number | undefined;
  /** The next command. */
  next: string;
};

export type AlertAction = Pick<
  Extract<WatchAction, { type: "alert" }>,
  "cause" | "level" | "service" | "incident" | "next"
>;

export type AlertContext = {
  project: string;
  at: number;
  /** Unique in the project: the queue's number, or chance. */
  id: string;
  since?: number | undefined;
  lostMs?: number | undefined;
};

/** What the watchdog decided to tell, with what the incident's record knows about it. */
export function alertOf(action: AlertAction, context: AlertContext): Alert {
  const cause = redact(action.cause);
  return {
    id: context.id,
    project: context.project,
    level: action.level,
    service: action.service,
    code: codeOf(cause),
    cause,
    at: context.at,
    since: context.since,
    lostMs: context.lostMs,
    incident: action.incident,
    next: redact(action.next),
  };
}
