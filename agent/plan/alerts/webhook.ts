import type { Alert } from "./alert.ts";
import { idOf, linesOf, type Message, titleOf } from "./message.ts";

/**
 * The body of the generic webhook; docs/alerts.md is its contract. Fields may be added under the same schema; what is
 * not known is null.
 */
export function webhookBody(message: Message, now: number): string {
  const common = {
    schema: 1,
    id: idOf(message),
    type: message.kind,
    title: titleOf(message),
    text: linesOf(message, now).join("\n"),
  };
  if (message.kind === "alert") return JSON.stringify({ ...common, ...fields(message.alert) });
  const { project, at } = message;
  const healed = message.kind === "digest" ? { healed: message.alerts.map(fields) } : {};
  return JSON.stringify({ ...common, project, at: new Date(at).toISOString(), ...healed });
}

function fields({
  id,
  project,
  level,
  service,
  code,
  cause,
  at,
  since,
  lostMs,
  incident,
  next,
}: Alert): object {
  return {
    ...{ id, project, level, service, code, cause, at: new Date(at).toISOString() },
    since: since === undefined ? null : new Date(since).toISOString(),
    lostMs: lostMs === undefined ? null : Math.round(lostMs),
    incident: incident ?? null,
    next,
  };
}
