import type { SendResult, Way } from "../../plan/alerts/ways.ts";
import type { AlertLevel, Remedy, StartCause } from "../../plan/watchdog/model.ts";
import type { ProbeVerdict } from "../../plan/watchdog/probe-verdict.ts";
import type { ServicePhase } from "../../plan/watchdog/service-phase.ts";
import { families } from "./families.ts";
import type { Family } from "./family.ts";

const IS_STATE: Record<ServicePhase, true> = {
  ...{
    starting: true,
    ready: true,
    suspect: true,
    unhealthy: true,
    slow: true,
    restarting: true,
    blocked: true,
  },
  ...{ held: true, open: true, "half-open": true, failed: true, stopped: true, "engine-down": true },
};
export const STATES = Object.keys(IS_STATE) as ServicePhase[];

/** What the watchdog counts and measures. No call throws, waits or sets a timer. Durations are milliseconds. */
export type Metrics = {
  /** The whole truth of this moment: a service that is not in it any more is forgotten. */
  states(phases: ReadonlyMap<string, ServicePhase>): void;
  restarted(service: string, remedy: Remedy): void;
  ready(service: string, cause: StartCause, ms: number): void;
  probed(service: string, verdict: ProbeVerdict["kind"], ms: number): void;
  lagged(ms: number): void;
  incidentOpened(service: string): void;
  incidentClosed(service: string, lostMs: number | undefined): void;
  alertQueued(level: AlertLevel): void;
  alertSent(way: Way, result: SendResult): void;
  alertsPending(count: number): void;
  engine(reachable: boolean): void;
  /** `at`: by the wall clock, milliseconds since the epoch. */
  reconciled(at: number): void;
  /** Prometheus text format, version 0.0.4. */
  text(): Promise<string>;
};

/** Content type of `text`. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Services that may have series of their own; what a model of absurd size has beyond shares one name. */
const MOST_SERVICES = 500;
const OTHERS = "(others)";

export function createMetrics(build: { version: string; project: string }): Metrics {
  const all = families();
  const named = boundedNames();
  all.build.set(build, 1);
  let watched: ReadonlySet<string> = new Set();

  const forget = (service: string) => {
    for (const state of STATES) all.state.remove({ service, state });
  };
  return {
    states: (phases) => {
      const now = new Map([...phases].map(([service, phase]) => [named(service), phase]));
      for (const service of watched) if (!now.has(service)) forget(service);
      for (const [service, phase] of now)
        for (const state of STATES) all.state.set({ service, state }, state === phase ? 1 : 0);
      watched = new Set(now.keys());
    },
    restarted: (service, remedy) => all.restarts.add({ service: named(service), remedy }),
    ready: (service, cause, ms) => all.ready.observe({ service: named(service), cause }, seconds(ms)),
    probed: (service, verdict, ms) => all.probe.observe({ service: named(service), verdict }, seconds(ms)),
    lagged: (ms) => all.lag.observe({}, seconds(ms)),
    incidentOpened: (service) => all.incidents.add({ service: named(service) }),
    incidentClosed: (service, lostMs = 0) => all.lost.add({ service: named(service) }, seconds(lostMs)),
    alertQueued: (level) => all.alertsQueued.add({ level }),
    alertSent: (way, result) => all.alertsSent.add({ way, result }),
    alertsPending: (count) => all.alertsPending.set({}, count),
    engine: (reachable) => all.engine.set({}, reachable ? 1 : 0),
    reconciled: (at) => all.reconcile.set({}, at / 1_000),
    text: () => written(Object.values(all)),
  };
}

async function written(all: readonly Pick<Family, "name" | "get">[]): Promise<string> {
  const { default: Registry } = await import("prom-client/lib/registry");
  const registry = new Registry();
  for (const family of all) registry.registerMetric(family);
  return registry.metrics();
}

/** What is no number would stay in a sum for ever; a clock that went wrong is no reason to stop watching. */
function seconds(ms: number): number {
  return Number.isFinite(ms) ? Math.max(0, ms) / 1_000 : 0;
}

function boundedNames(): (service: string) => string {
  const known = new Set<string>();
  return (service) => {
    if (!known.has(service) && known.size >= MOST_SERVICES) return OTHERS;
    known.add(service);
    return service;
  };
}
