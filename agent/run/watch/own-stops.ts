import type { Container } from "../../core/container.ts";
import type { EngineEvent } from "../../host/engine/events.ts";
import { signalNumber } from "../../plan/watchdog/cannot-answer.ts";

/** HUP and USR1 ask a process for something; these ask for its end: INT, QUIT, KILL, TERM. */
const ENDING = new Set([2, 3, 9, 15]);
/** The engine's events come this much after what they tell of, at the most. */
const TRAILING_MS = 500;

/** A stop that was asked for so long ago, and has not come about, is over. */
const ASKED_MS = 30_000;

/** Tells a stop by the watchdog itself from one by a person. */
export class OwnStops {
  readonly #now: () => number;
  readonly #spans = new Map<string, { from: number; to: number }>();

  readonly #asked = new Map<string, number>();

  /** `now`: the machine's clock, which the engine's events are stamped by. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** From now until `end` is called, stops of this container are the watchdog's own. */
  touching(container: string): { end(): void } {
    const span = { from: this.#now(), to: Number.POSITIVE_INFINITY };
    this.#spans.set(container, span);
    return {
      end: () => {
        span.to = this.#now() + TRAILING_MS;
        for (const [id, { to }] of this.#spans) if (to < span.from) this.#spans.delete(id);
      },
    };
  }

  /** Whether the event says that somebody else ends the container by hand. */
  isForeign(event: EngineEvent, container: Pick<Container, "stopSignal"> | undefined): boolean {
    const { action, signal = 15 } = event;
    const isStop = action === "stop" || (action === "kill" && this.#ends(signal, container));
    const span = this.#spans.get(event.id);
    const isOwn = span !== undefined && event.at >= span.from && event.at <= span.to;
    if (isStop && !isOwn) this.#asked.set(event.id, this.#now());
    return isStop && !isOwn;
  }

  /** Whether somebody else has just asked for its end. */
  isAsked(container: string): boolean {
    for (const [id, at] of this.#asked) if (this.#now() - at > ASKED_MS) this.#asked.delete(id);
    return this.#asked.has(container);
  }

  #ends(signal: number, container: Pick<Container, "stopSignal"> | undefined): boolean {
    return ENDING.has(signal) || signal === signalNumber(container?.stopSignal ?? "");
  }
}
