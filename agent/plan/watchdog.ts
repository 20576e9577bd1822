import { passActs, takeActed } from "./watchdog/acted.ts";
import { noteStarted } from "./watchdog/acts.ts";
import { takeDrift } from "./watchdog/drift.ts";
import { passEngine, takeEngine } from "./watchdog/engine.ts";
import { takeStopping } from "./watchdog/holds.ts";
import { passLeft } from "./watchdog/left.ts";
import { takeList } from "./watchdog/list.ts";
import { takeLag, takePressure } from "./watchdog/machine.ts";
import { mend } from "./watchdog/mend.ts";
import type { WatchAction, WatchEvent, WatchPolicy } from "./watchdog/model.ts";
import { takeOom } from "./watchdog/oom.ts";
import { passService } from "./watchdog/pass.ts";
import { showPhase } from "./watchdog/phases.ts";
import { takeLook } from "./watchdog/probes.ts";
import { takeWord } from "./watchdog/resumed.ts";
import type { ServicePhase } from "./watchdog/service-phase.ts";
import type { WatchState } from "./watchdog/state.ts";
import { longestSickFirst } from "./watchdog/trouble.ts";
import type { Turn } from "./watchdog/turn.ts";

export { nextLook, nextProbe } from "./watchdog/next-look.ts";

/** Looks come by the hundred a second; whatever only time brings about is looked for so often at the most. */
const PASS_MS = 250;
/** Where the steady clock goes on after a restart of the agent is stored so often, though nothing happens. */
const STORE_MS = 60_000;

/**
 * What follows from one event: the state that comes after it and what is to be done. Pure: no clock, no random, no
 * I/O; the state that goes in is not changed. Where `durable` of the result is another object it is to be stored
 * before any action is done.
 */
export function decide(
  policy: WatchPolicy,
  state: WatchState,
  event: WatchEvent,
): { state: WatchState; actions: readonly WatchAction[] } {
  const at = Math.max(event.at, state.live.at, state.durable.at);
  const live = { ...state.live, at };
  const turn: Turn = { policy, at, random: event.random, durable: state.durable, live, actions: [] };
  take(turn, event);
  settle(turn, concerned(turn, event));
  noteTime(turn, state);
  return { state: { durable: turn.durable, live: turn.live }, actions: turn.actions };
}

/** What the event itself says. */
function take(turn: Turn, event: WatchEvent): void {
  switch (event.type) {
    case "observed":
      takeList(turn, event);
      break;
    case "probed":
      takeLook(turn, event);
      break;
    case "stopping":
      takeStopping(turn, event);
      break;
    case "oom":
      takeOom(turn, event);
      break;
    case "engine":
      takeEngine(turn, event.reachable);
      break;
    case "lagged":
      takeLag(turn, event.lateMs);
      break;
    case "pressure":
      takePressure(turn, event);
      break;
    case "started":
      noteStarted(turn, event.action);
      break;
    case "drift":
      takeDrift(turn, event.causes);
      break;
    case "acted":
      takeActed(turn, event);
      break;
    case "resumed":
      takeWord(turn, event.service);
      break;
    case "tick":
      break;
    default:
      event satisfies never;
  }
}

/** The services of which something may follow: all, but of a single look only the one that was looked at. */
function concerned(turn: Turn, event: WatchEvent): readonly string[] {
  if (event.type !== "probed" || turn.at - turn.live.passedAt >= PASS_MS) {
    turn.live = { ...turn.live, passedAt: turn.at };
    return Object.keys(turn.policy.services);
  }
  const service = turn.live.instances[event.instance]?.facts.service;
  return service === undefined ? [] : [service];
}

/** What follows from it, and from the time that has passed. */
function settle(turn: Turn, services: readonly string[]): void {
  passActs(turn);
  passEngine(turn);
  passLeft(turn);
  for (const service of services) passService(turn, service);
  for (const service of longestSickFirst(turn, services)) mend(turn, service);
  for (const service of services) showPhase(turn, service);
}

function noteTime(turn: Turn, before: WatchState): void {
  const { at, durable } = turn;
  if (durable !== before.durable || at - durable.at >= STORE_MS) turn.durable = { ...durable, at };
}

/** The phase as of the last event; undefined of a service that was never seen. */
export function phaseOf(state: WatchState, service: string): ServicePhase | undefined {
  return state.live.services[service]?.phase;
}
