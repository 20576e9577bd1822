import { reason, SoloflowError } from "../../core/errors.ts";
import type { Clock } from "../../host/clock.ts";
import { openStore } from "../../host/store/open-store.ts";
import type { Store } from "../../host/store/store.ts";
import type { WatchAction } from "../../plan/watchdog/model.ts";
import { initialState, revive, type WatchState } from "../../plan/watchdog/state.ts";
import { resumedAt, stamped } from "./boot-stamp.ts";

export type Intended = Extract<WatchAction, { type: "restart" | "flip" }>;

export type Decided = {
  at: number;
  intents: readonly Intended[];
  records?: ((store: Store) => void) | undefined;
};

/**
 * The store under a watchdog that outlives whatever happens to it: a file that was deleted is made again from memory,
 * a full disk costs the reserve, a damaged one costs the watchdog its hands but not its eyes.
 */
export class Memory {
  readonly #path: string;
  readonly #trouble: (line: string, hint?: string) => void;
  readonly #boot: Clock["boot"];
  #store: Store | undefined;
  #fault: string | undefined;
  /** No store to be had: tried again by `mend`, not by every event. */
  #shut = false;
  /** What is stored was not read, or is not understood: nothing may be written over it. */
  #mute = false;
  /** What is on the disk by now, by identity. */
  #written: unknown;
  /** What was to be written last. */
  #last: { state: WatchState; at: number } | undefined;
  /** Called when a state can be read that could not be before: a watchdog must begin anew with it. */
  readable: () => void = () => {};

  constructor(
    path: string,
    trouble: (line: string, hint?: string) => void,
    boot: Clock["boot"] = () => undefined,
  ) {
    this.#path = path;
    this.#trouble = trouble;
    this.#boot = boot;
  }

  /** Why nothing can be written now; undefined while all is well. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** The store that is open now. Errors: as `openStore`, where there is none. */
  store(): Store {
    this.#store ??= openStore(this.#path, { reserve: true, boot: this.#boot });
    return this.#store;
  }

  /**
   * The state that was stored, or that of a watchdog that never ran here; `at`: where the steady clock goes on.
   * `wallMs` is the machine's clock. One that is there and cannot be read, or is not understood, takes the watchdog
   * its hands, and stays as it is. Errors: SoloflowError "state-busy", to be tried again.
   */
  recall(wallMs: number): { state: WatchState; at: number } {
    try {
      const found = recalled(this.store(), wallMs, this.#boot());
      this.#mute = false;
      this.#healed();
      return found;
    } catch (thrown) {
      if (isBusy(thrown)) throw thrown;
      this.#mute = true;
      this.#fail(thrown);
      const lastAt = this.attempt(({ watch }) => watch.lastAt()) ?? 0;
      const at = Math.max(wallMs, lastAt);
      return { state: this.#numbered(initialState(at)), at };
    }
  }

  /**
   * Writes the state, and what was decided with it, before anything of that is done: all or nothing. False: it is not
   * written, and none of it may be done. `records`: what else must not be lost where the state is kept; it does
   * nothing but calls of the store.
   */
  remember(state: WatchState, decided: Decided): boolean {
    this.#last = { state, at: decided.at };
    if (this.#mute) return false;
    const { intents, records } = decided;
    if (state.durable === this.#written && intents.length === 0 && records === undefined) return true;
    const done = this.attempt((store) => {
      store.transaction(() => {
        this.#write(store, state, decided);
        records?.(store);
      });
      return true;
    });
    if (done === undefined) return false;
    this.#written = state.durable;
    this.#healed();
    return true;
  }

  /** Makes the store whole again where it can be: opens one anew that was deleted, lays the reserve up again. */
  mend(): void {
    if (this.#store?.isStale() === true) {
      if (!this.#mute)
        this.#trouble(`the state ${this.#path} was deleted or replaced: it is written again from memory`);
      this.#close();
      this.#written = undefined;
    }
    this.#shut = false;
    if (this.#mute) this.#readAgain();
    this.attempt((store) => store.keepReserve());
    if (this.#fault !== undefined && !this.#mute) this.#tryAgain();
  }

  /** What was moved out of the way is not written over by a state that begins anew. */
  #readAgain(): void {
    try {
      const store = this.store();
      if (store.watch.read() === undefined) {
        this.#mute = false;
        return;
      }
      recalled(store, 0, undefined);
      this.readable();
    } catch (thrown) {
      if (!isBusy(thrown)) this.#fail(thrown);
    }
  }

  /** A fault is over when something was written, not when nothing was to be. */
  #tryAgain(): void {
    const last = this.#last;
    const done = this.attempt((store) => {
      if (last !== undefined) this.#write(store, last.state, { at: last.at, intents: [] });
      return true;
    });
    if (done === undefined) return;
    this.#written = last?.state.durable;
    this.#healed();
  }

  #healed(): void {
    if (this.#fault !== undefined) this.#trouble(`the state ${this.#path} can be written again`);
    this.#fault = undefined;
  }

  #write({ watch }: Store, { durable }: WatchState, { at, intents }: Decided): void {
    const written = intents.map((action) => ({
      ...{ id: action.id, service: action.service, cause: action.cause, detail: action },
    }));
    watch.write(stamped(durable, at, this.#boot()), { at, intents: written });
  }

  /** So that no intent and no incident of before is taken for another. */
  #numbered({ durable, live }: WatchState): WatchState {
    const nextId = this.attempt(nextIdIn) ?? durable.nextId;
    return { live, durable: { ...durable, nextId } };
  }

  /** A record that nothing depends on: undefined, and said once, where the store does not take it. */
  attempt<T>(action: (store: Store) => T): T | undefined {
    if (this.#shut) return undefined;
    try {
      return action(this.store());
    } catch (thrown) {
      this.#fail(thrown);
      return undefined;
    }
  }

  /** For good: what is still under way finds no store any more. */
  close(): void {
    this.#close();
    this.#shut = true;
  }

  #close(): void {
    try {
      this.#store?.close();
    } catch {
      // Its file may be gone; what was in it is in memory.
    }
    this.#store = undefined;
  }

  #fail(thrown: unknown): void {
    if (!(thrown instanceof SoloflowError)) throw thrown;
    const fault = reason(thrown);
    if (fault !== this.#fault)
      this.#trouble(`${fault}; nothing is restarted until it can be written`, thrown.hint);
    this.#fault = fault;
    if (isBusy(thrown) || thrown.code === "watch-state") return;
    this.#close();
    this.#shut = true;
  }
}

function recalled(
  store: Store,
  wallMs: number,
  boot: ReturnType<Clock["boot"]>,
): { state: WatchState; at: number } {
  const json = store.watch.read();
  const at = resumedAt(json, boot) ?? Math.max(wallMs, store.watch.lastAt() ?? 0);
  if (json !== undefined) return { state: revive(json, at), at };
  const { durable, live } = initialState(at);
  return { state: { live, durable: { ...durable, nextId: nextIdIn(store) } }, at };
}

function nextIdIn({ watch, incidents }: Store): number {
  return Math.max(0, watch.intents(1)[0]?.id ?? 0, incidents.list(1)[0]?.id ?? 0) + 1;
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof SoloflowError && thrown.code === "state-busy";
}
