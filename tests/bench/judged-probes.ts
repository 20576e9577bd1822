import type { ContainerFacts, WatchEvent, WatchPolicy } from "../../agent/plan/watchdog/model.ts";
import type { ProbeVerdict } from "../../agent/plan/watchdog/probe-verdict.ts";
import { initialState } from "../../agent/plan/watchdog/state.ts";
import { watchPolicy } from "../../agent/plan/watchdog/watch-policy.ts";
import { decide } from "../../agent/plan/watchdog.ts";
import { Brain, type Happening } from "../../agent/run/watch/brain.ts";
import { Memory } from "../../agent/run/watch/memory.ts";
import { tempFolder } from "../support/temp-folder.ts";

const SERVICES = 50;
const STARTED = 1_000_000;
/** Every fifth look fails, always of the same ten: they become suspect, then unhealthy, and what follows is recorded. */
const FAILS = 5;
const EVERY_MS = 40;

type Times = {
  /** Milliseconds from the daemon's queue to the actions, state and intents on the disk. */
  queued: number[];
  /** The same events through the reducer and nothing else. */
  reduced: number[];
};

export function judgedProbes(count: number): Times {
  const [queued, reduced] = [timedQueue(count), timedReducer(count)];
  return { queued, reduced };
}

function timedQueue(count: number): number[] {
  using folder = tempFolder();
  const memory = new Memory(folder.at("state.db"), (line) => {
    throw new Error(line);
  });
  let at = STARTED;
  const brain = new Brain({
    ...{ state: initialState(at), policy: policy(), memory, random: () => 0.5 },
    ...{ steady: { at: () => at }, perform() {}, decided() {} },
  });
  brain.post(list());
  try {
    return probes(count).map((probed) => {
      at += EVERY_MS;
      return timed(() => brain.post(probed));
    });
  } finally {
    memory.close();
  }
}

function timedReducer(count: number): number[] {
  const rules = policy();
  let at = STARTED;
  let state = initialState(at);
  const take = (happening: Happening) => {
    at += EVERY_MS;
    const event = { ...happening, at, random: 0.5 } as WatchEvent;
    return timed(() => {
      state = decide(rules, state, event).state;
    });
  };
  take(list());
  return probes(count).map(take);
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

const names = Array.from({ length: SERVICES }, (_, number) => `s${number}`);

function policy(): WatchPolicy {
  const service = { mode: "restart", needs: [], probed: true, usual: undefined } as const;
  const settings = { alerts: {}, metrics: {} };
  return watchPolicy(settings, Object.fromEntries(names.map((name) => [name, service])));
}

function list(): Happening {
  return { type: "observed", containers: names.map(running), holds: [] };
}

function running(name: string): ContainerFacts {
  return {
    ...{ instance: name, service: name, role: "serving", container: `id-${name}`, image: "sha256:1" },
    ...{ state: "running", startedAt: STARTED, exitCode: 0, oomKilled: false, restartCount: 0 },
    ...{ health: undefined, dockerRestarts: true, orphaned: false },
  };
}

function probes(count: number): Happening[] {
  return Array.from({ length: count }, (_, number): Happening => {
    const name = names[(number * 7) % SERVICES] ?? "";
    const verdict = number % FAILS === 0 ? SILENT : GOOD;
    return { type: "probed", instance: name, container: `id-${name}`, startedAt: STARTED, verdict };
  });
}

const GOOD: ProbeVerdict = { kind: "good" };
const SILENT: ProbeVerdict = {
  kind: "silent",
  why: "timeout",
  detail: "no answer within 1000 ms",
  evidence: { busy: false, lateMs: undefined, servedMeanwhile: false },
};
