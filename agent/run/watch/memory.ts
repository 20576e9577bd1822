import { reason, SoloflowError } from "../../core/errors.ts";
import type { Clock } from "../../host/clock.ts";
import { openStore } from "../../host/store/open-store.ts";
import type { Store } from "../../host/store/store.ts";
import type { WatchAction } from "../../plan/watchdog/model.ts";
import { initialState, revive, type WatchState } from "../../plan/watchdog/state.ts";
import { resumedAt, stamped } from "./boot-stamp.ts";

export type Intended = Extract<WatchAction, { type: "restart" | "flip" }>;

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
  /** What is stored is not understood: nothing may be written over it. */
  #foreign = false;
  /** What is on the disk by now, by identity. */
  #written: unknown;

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
    this.#store ??= openStore(this.#path, { reserve: true });
    return this.#store;
  }

  /**
   * The state that was stored, or that of a watchdog that never ran here; `at`: where the steady clock goes on.
   * `wallMs` is the machine's clock.
   */
  recall(wallMs: number): { state: WatchState; at: number } {
    const found = this.attempt(({ watch }) => ({ json: watch.read(), lastAt: watch.lastAt() }));
    const { json, lastAt = 0 } = found ?? {};
    const at = resumedAt(json, this.#boot()) ?? Math.max(wallMs, lastAt);
    if (json === undefined) return { state: initialState(at), at };
    try {
      return { state: revive(json, at), at };
    } catch (thrown) {
      this.#foreign = true;
      this.#fail(thrown);
      return { state: initialState(at), at };
    }
  }

  /**
   * Writes the state, and what was decided with it, before anything of that is done. False: it is not written, and
   * none of it may be done.
   */
  remember(state: WatchState, decided: { at: number; intents: readonly Intended[] }): boolean {
    if (this.#foreign) return false;
    if (state.durable === this.#written && decided.intents.length === 0) return true;
    const intents = decided.intents.map((action) => ({
      ...{ id: action.id, service: action.service, cause: action.cause, detail: action },
    }));
    const done = this.attempt((store) => {
      store.watch.write(stamped(state.durable, decided.at, this.#boot()), { at: decided.at, intents });
      return true;
    });
    if (done === undefined) return false;
    this.#written = state.durable;
    return true;
  }

  /** Makes the store whole again where it can be: opens one anew that was deleted, lays the reserve up again. */
  mend(): void {
    if (this.#store?.isStale() === true) {
      this.#trouble(`the state ${this.#path} was deleted or replaced: it is written again from memory`);
      this.#close();
      this.#written = undefined;
    }
    this.#shut = false;
    this.attempt((store) => store.keepReserve());
  }

  /** A record that nothing depends on: undefined, and said once, where the store does not take it. */
  attempt<T>(action: (store: Store) => T): T | undefined {
    if (this.#shut) return undefined;
    try {
      const result = action(this.store());
      if (this.#foreign) return result;
      if (this.#fault !== undefined) this.#trouble(`the state ${this.#path} can be written again`);
      this.#fault = undefined;
      return result;
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
    if (thrown.code === "state-busy" || this.#foreign) return;
    this.#close();
    this.#shut = true;
  }
}
