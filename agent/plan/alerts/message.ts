import { formatDuration } from "../../core/duration.ts";
import { isNoService } from "../watchdog/names.ts";
import type { Alert } from "./alert.ts";

/** What is sent at one time. `id` stays the same however often it is sent. Times: milliseconds since the epoch. */
export type Message =
  | { kind: "alert"; alert: Alert }
  /** What healed by itself since the last one, oldest first. */
  | { kind: "digest"; id: string; project: string; at: number; alerts: readonly Alert[] }
  | { kind: "test"; id: string; project: string; at: number };

export function idOf(message: Message): string {
  return message.kind === "alert" ? message.alert.id : message.id;
}

/** The whole message in one line, of ASCII where the names in it are. */
export function titleOf(message: Message): string {
  if (message.kind === "test") return `${message.project}: a test of the alerts`;
  if (message.kind === "digest") {
    const count = message.alerts.length;
    return `${message.project}: ${count === 1 ? "one fault has" : `${count} faults have`} healed without you`;
  }
  const { project, service, level } = message.alert;
  if (isNoService(service)) return `${project}: ${service} ${ELSEWHERE[level]}`;
  return `${project}/${service} ${WORDS[level]}`;
}

const WORDS = {
  losing: "is down: customers are losing requests",
  "needs-you": "needs you",
  healed: "has healed",
} as const satisfies Record<Alert["level"], string>;

/** For what is no service: customers may not notice yet. */
const ELSEWHERE = {
  losing: "needs you now",
  "needs-you": "needs you",
  healed: "is well again",
} as const satisfies Record<Alert["level"], string>;

/** What stands below the title, a line each. `now`: when it is sent, which may be long after it was raised. */
export function linesOf(message: Message, now: number): string[] {
  if (message.kind === "test")
    return ["Nothing is wrong: this was sent by `soloflow-agent alerts test`.", `Sent: ${utc(message.at)}`];
  if (message.kind === "digest") return [...message.alerts.map(healedLine), "Look: soloflow-agent incidents"];
  const { cause, since, at, lostMs, next } = message.alert;
  return [
    `What: ${cause}`,
    since === undefined
      ? `When: ${utc(at)}`
      : `Since: ${utc(since)} (${formatDuration(Math.max(0, now - since))})`,
    ...(lostMs === undefined ? [] : [`Lost: ${lost(lostMs)}`]),
    `Next: ${next}`,
  ];
}

function healedLine({ service, cause, since, at, lostMs }: Alert): string {
  return `${utc(since ?? at)} ${service}: ${cause}${lostMs === undefined ? "" : `; ${lost(lostMs)}`}`;
}

function lost(ms: number): string {
  return ms <= 0 ? "nothing that customers saw" : `customers had no answer for ${formatDuration(ms)}`;
}

function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
