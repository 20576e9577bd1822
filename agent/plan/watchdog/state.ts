import { durableState } from "./durable-shape.ts";
import type { LiveState } from "./live.ts";
import type { DurableState } from "./records.ts";
import { validated } from "./valid.ts";

/**
 * What the watchdog remembers. `durable` is JSON and is stored whenever its identity has changed, before anything is
 * done; `live` may be lost with the process: no invariant rests on it. Every time is of the watchdog's steady clock.
 */
export type WatchState = { durable: DurableState; live: LiveState };

/** Of a watchdog that has never run here. */
export function initialState(at: number): WatchState {
  const durable: DurableState = {
    version: 1,
    at,
    nextId: 1,
    lastBegan: undefined,
    restarts: [],
    acts: [],
    engineDown: false,
    settledAt: at,
    services: {},
    lives: {},
  };
  return { durable, live: blankLive(at) };
}

/**
 * What was stored, after a restart of the agent. Throws a SoloflowError "watch-state" that names what is wrong in it:
 * a state that is half understood would forget a budget or a hold.
 */
export function revive(json: unknown, at: number): WatchState {
  const durable = validated(durableState, json);
  return { durable, live: blankLive(Math.max(at, durable.at)) };
}

function blankLive(at: number): LiveState {
  return {
    ...{ at, passedAt: 0, discardBefore: 0, engineDownAt: undefined, pressure: undefined, listed: false },
    ...{ holds: {}, instances: {}, services: {}, members: {} },
  };
}
