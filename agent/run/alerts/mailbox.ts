import { reason } from "../../core/errors.ts";
import type { OutboxMessage } from "../../host/store/outbox.ts";
import type { Store } from "../../host/store/store.ts";

/** A message on its way; without an `id` the store could not take it yet. */
export type Waiting = Pick<OutboxMessage, "key" | "channel" | "body" | "at" | "dueAt" | "tries"> & {
  id: number | undefined;
};

type Write = (alerts: Store["alerts"]) => void;

/** More than any night brings; beyond it the oldest go. */
const MOST_UNWRITTEN = 200;
/** The next digest may hold as many; what is due sooner comes first. */
const MOST_WAITING = 500;

/**
 * The store's outbox, made to work while the store does not: a disk that is full is what one is to be told of. What it
 * cannot take waits here, and how a sending ended is remembered here until it can be written down, so that a message
 * is not sent again with every round. No call throws.
 */
export class Mailbox {
  readonly #store: () => Store;
  readonly #warn: (line: string) => void;
  #unwritten: Waiting[] = [];
  /** By key: what is to be written, and from when on the message may be tried again. */
  readonly #unmarked = new Map<string, { write: Write; dueAt: number; tries: number }>();
  #lastFault: string | undefined;

  /** `store`: the one that is open now. */
  constructor(store: () => Store, warn: (line: string) => void) {
    this.#store = store;
    this.#warn = warn;
  }

  /** For what could not be added to the store itself. */
  keep(messages: readonly Omit<Waiting, "id" | "tries">[]): void {
    const known = new Set(this.#unwritten.map(({ key }) => key));
    const fresh = messages.filter(({ key }) => !known.has(key));
    this.#unwritten.push(...fresh.map((message) => ({ ...message, id: undefined, tries: 0 })));
    this.#unwritten = this.#unwritten.slice(-MOST_UNWRITTEN);
  }

  /** What is neither delivered nor given up and is due by `until` in the store; by default all of it. */
  waiting(until: number = Number.MAX_SAFE_INTEGER): Waiting[] {
    this.#writeLate();
    let stored: Waiting[] = [];
    this.#attempt((alerts) => {
      stored = alerts.due(until, MOST_WAITING);
    });
    const written = stored.map((row) => ({ ...row, ...this.#plan(row.key) }));
    return [...written.filter(({ dueAt }) => dueAt !== Infinity), ...this.#unwritten];
  }

  delivered(row: Waiting, at: number): void {
    this.#settle(row, (alerts, id) => alerts.delivered(id, at));
  }

  dropped(row: Waiting, at: number, why: string): void {
    this.#settle(row, (alerts, id) => alerts.dropped(id, at, why));
  }

  /** To be tried again at `nextAt`. */
  failed(row: Waiting, nextAt: number, why: string): void {
    const { id, key } = row;
    const plan = { dueAt: nextAt, tries: row.tries + 1 };
    if (id !== undefined) this.#mark(row, plan, (alerts) => alerts.failed(id, nextAt, why));
    else this.#unwritten = this.#unwritten.map((each) => (each.key === key ? { ...each, ...plan } : each));
  }

  #settle(row: Waiting, write: (alerts: Store["alerts"], id: number) => void): void {
    const { id, key, tries } = row;
    if (id !== undefined) this.#mark(row, { dueAt: Infinity, tries }, (alerts) => write(alerts, id));
    else this.#unwritten = this.#unwritten.filter((each) => each.key !== key);
  }

  #mark(row: Waiting, plan: { dueAt: number; tries: number }, write: Write): void {
    if (this.#attempt(write)) this.#unmarked.delete(row.key);
    else this.#unmarked.set(row.key, { ...plan, write });
  }

  #plan(key: string): { dueAt: number; tries: number } | undefined {
    const late = this.#unmarked.get(key);
    return late && { dueAt: late.dueAt, tries: late.tries };
  }

  #writeLate(): void {
    for (const [key, { write }] of this.#unmarked) {
      if (!this.#attempt(write)) return;
      this.#unmarked.delete(key);
    }
    // One by one, so that what is written is no longer here whatever comes of the next. Tries begin anew.
    for (const message of [...this.#unwritten]) {
      if (!this.#attempt((alerts) => alerts.add(message))) return;
      this.#unwritten = this.#unwritten.filter((each) => each !== message);
    }
  }

  #attempt(write: Write): boolean {
    try {
      write(this.#store().alerts);
      this.#lastFault = undefined;
      return true;
    } catch (thrown) {
      const fault = reason(thrown);
      if (fault !== this.#lastFault) this.#warn(`alerts are kept in memory only: ${fault}`);
      this.#lastFault = fault;
      return false;
    }
  }
}
