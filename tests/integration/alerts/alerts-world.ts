import { Secret } from "../../../agent/core/secret.ts";
import { exec } from "../../../agent/host/exec.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { Store } from "../../../agent/host/store/store.ts";
import { systemWeb } from "../../../agent/host/web.ts";
import type { AlertAction } from "../../../agent/plan/alerts/alert.ts";
import type { AlertLevel } from "../../../agent/plan/watchdog/model.ts";
import type { AlertSettings } from "../../../agent/plan/watchdog/settings.ts";
import { AlertQueue } from "../../../agent/run/alerts/alert-queue.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { tempFolder } from "../../support/temp-folder.ts";

/** 2026-01-02, 03:04:05 UTC. */
export const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A try's deadline in tests that wait for one; else the agent's own. */
export const SHORT_MS = 300;

type Options = {
  settings?: AlertSettings;
  secrets?: Record<string, string>;
  /** Between the queue and the real store. */
  wrap?: (store: Store) => Store;
};

/** A queue on a real store, with real requests and processes; the clock is the test's. */
export function alertsWorld({ settings = {}, secrets = {}, wrap = (store) => store }: Options = {}) {
  const folder = tempFolder();
  const store = openStore(folder.at("state.db"));
  const manual = manualClock(START);
  let back = 0;
  const clock = {
    ...manual,
    now: () => manual.now() - back,
    /** The wall clock alone. */
    setBack: (ms: number) => {
      back += ms;
    },
  };
  const warned: string[] = [];
  const world = { settings, secrets };
  const make = () =>
    new AlertQueue({
      host: { exec, clock, env: { PATH: process.env.PATH, HOME: folder.path } },
      web: (request, limits) => systemWeb(request, { ...limits, timeoutMs: SHORT_MS }),
      read: async (name) => (world.secrets[name] === undefined ? undefined : new Secret(world.secrets[name])),
      project: "shop",
      store: () => wrap(store),
      settings: () => world.settings,
      warn: (line) => void warned.push(line),
    });
  const queue = make();
  const { signal } = new AbortController();
  return {
    ...{ folder, store, clock, warned, queue, world },
    /** The same store after a restart of the agent. */
    again: make,
    deliver: (other: AlertQueue = queue) => other.deliverDue(signal),
    [Symbol.dispose]: () => {
      store.close();
      folder[Symbol.dispose]();
    },
  };
}

export function raise(
  level: AlertLevel,
  incident: number | undefined = 1,
  cause = "no answer within 1 s",
): AlertAction {
  return { level, service: "gateway", incident, cause, next: "soloflow-agent incidents" };
}
