import { formatDuration } from "../../core/duration.ts";
import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import type { Web } from "../../host/web.ts";
import { type Alert, type AlertAction, alertOf } from "../../plan/alerts/alert.ts";
import { keyOf } from "../../plan/alerts/key-of.ts";
import type { Message } from "../../plan/alerts/message.ts";
import { isDue, nextTry } from "../../plan/alerts/retry.ts";
import { storedMessage } from "../../plan/alerts/stored-message.ts";
import { type SendResult, WAYS, type Way, waysOf } from "../../plan/alerts/ways.ts";
import type { AlertSettings } from "../../plan/watchdog/settings.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { SecretReader } from "./alert-secret.ts";
import { composeDigest, DIGEST } from "./compose-digest.ts";
import { Mailbox, type Waiting } from "./mailbox.ts";
import { nextDigest } from "./next-digest.ts";
import { type Sent, send } from "./send.ts";

export type AlertQueueParts = {
  host: Pick<Host, "exec" | "clock" | "env">;
  web: Web;
  read: SecretReader;
  project: string;
  /** The store that is open now, and the settings of the last deploy: both may change under the queue. */
  store: () => Store;
  settings: () => AlertSettings;
  /** For what a person should know who looks at the agent's own log; each fault once, until it is over. */
  warn: (line: string) => void;
  metrics?: Pick<Metrics, "alertQueued" | "alertSent">;
};

const WHOLE_LOOK_MS = 600_000;

const URGENCY = { losing: 0, "needs-you": 1, healed: 2 } as const;

/**
 * Tells people. What was queued is on the disk when `queue` returns and survives a kill; it is sent at least once by
 * each way that was set then. One queue a store: two would send twice.
 */
export class AlertQueue {
  readonly #parts: AlertQueueParts;
  readonly #mailbox: Mailbox;
  readonly #faults = new Map<Way, string>();
  /** Why the digest could not be made when that was tried last. */
  #undigested: string | undefined;
  #wholeLookAt = -Infinity;
  #round: Promise<void> | undefined;

  constructor(parts: AlertQueueParts) {
    this.#parts = parts;
    this.#mailbox = new Mailbox(parts.store, parts.warn);
  }

  /**
   * Writes it down and returns at once; never throws. What healed waits for the morning, unless somebody was called
   * for the same incident: they hear now that it is over.
   */
  queue(action: AlertAction): void {
    const { host, project, settings, store, warn } = this.#parts;
    this.#parts.metrics?.alertQueued(action.level);
    const ways = waysOf(settings());
    if (ways.length === 0) return;
    const at = host.clock.now();
    const alert = alertOf(action, { project, at, id: crypto.randomUUID() });
    try {
      store().transaction(() => this.#write(store(), alert, ways));
    } catch (thrown) {
      warn(`an alert cannot be written down: ${reason(thrown)}`);
      if (alert.level !== "healed") this.#mailbox.keep(outgoing(alert, ways));
    }
  }

  /**
   * As `queue`, inside a transaction of the caller's: what it throws is the store's. `key`: what is told once in all,
   * instead of once in an incident or a quarter of a day.
   */
  write(store: Store, action: AlertAction, key?: string): void {
    const { host, project, settings } = this.#parts;
    const ways = waysOf(settings());
    if (ways.length === 0) return;
    const alert = alertOf(action, { project, at: host.clock.now(), id: crypto.randomUUID() });
    this.#write(store, alert, ways, key);
  }

  #write(store: Store, alert: Alert, ways: readonly Way[], key?: string): void {
    const incident = alert.incident === undefined ? undefined : store.incidents.get(alert.incident);
    const whole = { ...alert, since: incident?.openedAt, lostMs: incident?.lostMs };
    if (alert.level === "healed" && (incident?.alerts ?? 0) === 0) {
      const dueAt = nextDigest(alert.at, this.#parts.settings().digest);
      for (const message of outgoing(whole, [DIGEST])) store.alerts.add({ ...message, dueAt });
      return;
    }
    const added = outgoing(whole, ways, key).map((message) => store.alerts.add(message));
    if (incident !== undefined && added.some((row) => row !== undefined))
      store.incidents.update(incident.id, { alerts: incident.alerts + 1 });
  }

  /**
   * Sends what is due, pages first, each try within its deadline, the ways side by side. A call while another is under
   * way joins it. Never rejects; to be called in the background, about every second.
   */
  deliverDue(signal: AbortSignal): Promise<void> {
    this.#round ??= this.#deliver(signal).finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  /** Messages that wait for their delivery, without what waits for the morning. */
  pending(): number {
    return this.#mailbox.waiting().filter(({ channel }) => channel !== DIGEST).length;
  }

  async #deliver(signal: AbortSignal): Promise<void> {
    const at = this.#parts.host.clock.now();
    this.#composeDigest(at);
    const due = this.#mailbox.waiting(this.#horizon(at)).filter((row) => isDue(row.dueAt, at));
    await Promise.all(WAYS.map((way) => this.#deliverBy(way, due, signal)));
  }

  #composeDigest(at: number): void {
    const { project, settings, store, warn } = this.#parts;
    try {
      composeDigest(store(), { ways: waysOf(settings()), project, id: crypto.randomUUID(), at });
      this.#undigested = undefined;
    } catch (thrown) {
      const why = reason(thrown);
      if (why !== this.#undigested) warn(`the digest cannot be made: ${why}`);
      this.#undigested = why;
    }
  }

  /** Mostly what is due; now and then all, to find what a clock that was put back has left in the future. */
  #horizon(at: number): number {
    const now = this.#parts.host.clock.monotonic();
    if (now < this.#wholeLookAt) return at;
    this.#wholeLookAt = now + WHOLE_LOOK_MS;
    return Number.MAX_SAFE_INTEGER;
  }

  /** One after the other, and no further than the first that fails: the way is blocked, not the message. */
  async #deliverBy(way: Way, due: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const rows = due
      .filter(({ channel }) => channel === way)
      .map((row) => ({ row, message: storedMessage(row.body) }))
      .sort((a, b) => urgency(a.message) - urgency(b.message) || a.row.at - b.row.at);
    for (const { row, message } of rows) {
      const settings = this.#parts.settings();
      if (signal.aborted) return;
      const lost = message === undefined ? "no agent can read it" : "this way is not set any more";
      if (message === undefined || settings[way] === undefined) {
        this.#mailbox.dropped(row, this.#parts.host.clock.now(), lost);
        continue;
      }
      const sent = await send(way, message, { ...this.#parts, settings, signal });
      if (signal.aborted && !sent.ok) return;
      const result = this.#record(way, row, sent);
      this.#parts.metrics?.alertSent(way, result);
      if (!sent.ok) return;
    }
  }

  #record(way: Way, row: Waiting, sent: Sent): SendResult {
    const { host, warn } = this.#parts;
    const now = host.clock.now();
    if (sent.ok) {
      this.#mailbox.delivered(row, now);
      if (this.#faults.delete(way)) warn(`alerts get through by ${way} again`);
      return "delivered";
    }
    const tries = row.tries + 1;
    const next = nextTry({ queuedAt: row.at, tries, retryAfterMs: sent.retryAfterMs }, now, Math.random());
    if (next === undefined) {
      this.#mailbox.dropped(row, now, sent.why);
      warn(`an alert is given up after ${tries} tries by ${way}: ${sent.why}`);
      return "given-up";
    }
    this.#mailbox.failed(row, next, sent.why);
    if (this.#faults.get(way) !== sent.why)
      warn(`alerts do not get through by ${way}: ${sent.why}; tried again in ${formatDuration(next - now)}`);
    this.#faults.set(way, sent.why);
    return "failed";
  }
}

/** One message a channel, due at once. */
function outgoing(
  alert: Alert,
  channels: readonly (Way | typeof DIGEST)[],
  key: string = keyOf(alert),
): Omit<Waiting, "id" | "tries">[] {
  const body: Message = { kind: "alert", alert };
  const { at } = alert;
  return channels.map((channel) => ({ key: `${key}/${channel}`, channel, body, at, dueAt: at }));
}

function urgency(message: Message | undefined): number {
  return message?.kind === "alert" ? URGENCY[message.alert.level] : URGENCY.healed;
}
