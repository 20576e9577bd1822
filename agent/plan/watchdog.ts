import type { ServicePhase, WatchAction, WatchEvent, WatchPolicy } from "./watchdog/model.ts";
import type { WatchState } from "./watchdog/state.ts";
import type { Turn } from "./watchdog/turn.ts";

/**
 * What follows from one event: the state that comes after it and what is to be done. Pure: no clock, no random, no
 * I/O; the state that goes in is not changed. Where `durable` of the result is another object it is stored before any
 * action is done.
 */
export function decide(
  policy: WatchPolicy,
  state: WatchState,
  event: WatchEvent,
): { state: WatchState; actions: readonly WatchAction[] } {
  const at = Math.max(event.at, state.live.at, state.durable.at);
  const live = { ...state.live, at };
  const turn: Turn = { policy, at, random: event.random, durable: state.durable, live, actions: [] };
  return { state: { durable: turn.durable, live: turn.live }, actions: turn.actions };
}

/** Milliseconds from the start of the last look at it to the next; undefined: it is not to be asked now. */
export function nextLook(policy: WatchPolicy, state: WatchState, instance: string): number | undefined {
  return state.live.instances[instance] === undefined ? undefined : policy.everyMs;
}

/** The phase as of the last event; undefined of a service that was never seen. */
export function phaseOf(state: WatchState, service: string): ServicePhase | undefined {
  return state.live.services[service]?.phase;
}
