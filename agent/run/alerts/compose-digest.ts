import type { OutboxMessage } from "../../host/store/outbox.ts";
import type { Store } from "../../host/store/store.ts";
import type { Alert } from "../../plan/alerts/alert.ts";
import type { Message } from "../../plan/alerts/message.ts";
import { storedMessage } from "../../plan/alerts/stored-message.ts";
import type { Way } from "../../plan/alerts/ways.ts";

/** The outbox's channel of what waits for the morning. */
export const DIGEST = "digest" as const;

const MOST = 500;

/**
 * Makes one message of all that has healed and whose morning has come, for each way, and marks it as told: all of
 * that or nothing, so that a kill in between neither loses nor repeats one. Nothing waits, nothing is made.
 */
export function composeDigest(
  store: Store,
  digest: { ways: readonly Way[]; project: string; id: string; at: number },
): void {
  const { ways, project, id, at } = digest;
  const due = store.alerts.due(at, MOST).filter(({ channel }) => channel === DIGEST);
  if (due.length === 0) return;
  const alerts = due.map(alertIn).filter((alert) => alert !== undefined);
  const body: Message = { kind: "digest", id, project, at, alerts: alerts.sort((a, b) => a.at - b.at) };
  store.transaction(() => {
    if (alerts.length > 0)
      for (const way of ways) store.alerts.add({ key: `${DIGEST}/${id}/${way}`, channel: way, body, at });
    for (const row of due) store.alerts.delivered(row.id, at);
  });
}

function alertIn(row: OutboxMessage): Alert | undefined {
  const message = storedMessage(row.body);
  return message?.kind === "alert" ? message.alert : undefined;
}
