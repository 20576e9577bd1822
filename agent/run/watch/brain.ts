import type { WatchAction, WatchEvent, WatchPolicy } from "../../plan/watchdog/model.ts";
import type { WatchState } from "../../plan/watchdog/state.ts";
import { decide, nextLook, nextProbe } from "../../plan/watchdog.ts";
import type { Decided, Intended, Memory } from "./memory.ts";
import type { SteadyClock } from "./steady-clock.ts";

type Distributed<T> = T extends unknown ? Omit<T, "at" | "random"> : never;
/** An event without its time and its chance, which it gets as it comes in. */
export type Happening = Distributed<WatchEvent>;

export type BrainParts = {
  state: WatchState;
  policy: WatchPolicy;
  memory: Pick<Memory, "remember">;
  steady: Pick<SteadyClock, "at">;
  random: () => number;
  /** What of it must be on the disk with the state, in one piece. */
  records?(actions: readonly WatchAction[], at: number): Decided["records"];
  /**
   * Begins what was decided and returns at once. `written`: whether state and intents are on the disk; without that
   * nothing is restarted.
   */
  perform(actions: readonly WatchAction[], written: boolean): void;
  /** After each event, once what followed from it has begun. */
  decided(happening: Happening, actions: readonly WatchAction[]): void;
};

/** One event after the other into `decide`; each is written down before anything is done about it. */
export class Brain {
  readonly #parts: BrainParts;
  readonly #queue: WatchEvent[] = [];
  #busy = false;
  state: WatchState;
  policy: WatchPolicy;

  constructor(parts: BrainParts) {
    this.#parts = parts;
    this.state = parts.state;
    this.policy = parts.policy;
  }

  /** Whatever comes in while another is worked on waits its turn; of lists that wait only the last one counts. */
  post(happening: Happening): void {
    const { steady, random } = this.#parts;
    const event = { ...happening, at: steady.at(), random: random() } as WatchEvent;
    const last = this.#queue.at(-1);
    if (event.type === "observed" && last?.type === "observed") this.#queue.pop();
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#take(next);
    } finally {
      this.#busy = false;
    }
  }

  /** When an instance is to be asked next, counted from the start of the last look; undefined: not now. */
  nextLook(instance: string): { everyMs: number; starting: boolean } | undefined {
    const everyMs = nextLook(this.policy, this.state, instance);
    const watched = this.state.live.instances[instance];
    if (everyMs === undefined || watched === undefined) return undefined;
    const probe = nextProbe({ policy: this.policy, live: this.state.live }, watched);
    return { everyMs, starting: probe === "ready" };
  }

  #take(event: WatchEvent): void {
    const { memory, perform, decided } = this.#parts;
    const { state, actions } = decide(this.policy, this.state, event);
    this.state = state;
    const written = memory.remember(state, {
      ...{
        at: event.at,
        intents: actions.filter(isIntended),
        records: this.#parts.records?.(actions, event.at),
      },
    });
    perform(actions, written);
    decided(event, actions);
  }
}

export function isIntended(action: WatchAction): action is Intended {
  return action.type === "restart" || action.type === "flip";
}
