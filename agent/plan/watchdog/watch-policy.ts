import type { ServicePolicy, WatchPolicy } from "./model.ts";
import type { WatchSettings } from "./settings.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * What is not set in soloflow.toml. `every` 2 s, 3 failures and 2 good answers: a hang is found in 5 s at the latest
 * while one lost answer means nothing. Each other number has its reason beside it.
 */
export const DEFAULTS: Omit<WatchPolicy, "services"> = {
  everyMs: 2 * SECOND,
  suspectEveryMs: 500,
  // Ready-after is to be within 100 ms of the app's own clock: half of it for the pace, half for the look.
  startingEveryMs: 50,
  fail: 3,
  recover: 2,
  // At once, then three times as long each, up to 5 min: a service that does not come up gets the machine to itself.
  backoffMs: [0, 5 * SECOND, 15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE],
  jitter: 0.2,
  calmMs: 10 * MINUTE,
  // A crash loop, and a fault that comes back every half hour.
  circuit: [
    { restarts: 5, withinMs: 15 * MINUTE },
    { restarts: 10, withinMs: 6 * HOUR },
  ],
  halfOpenMs: [30 * MINUTE, 60 * MINUTE, 120 * MINUTE],
  // Waiting as long as the restart costs is never worse than twice the best choice (the ski-rental rule); a minute of
  // silence is a hang at any price.
  silenceMaxMs: MINUTE,
  slowEndMs: 30 * SECOND,
  // Ten times the longest pause for garbage collection that is held to be sane; an endless loop lasts longer.
  busyEndMs: 2 * MINUTE,
  // Two services that start at once take each other's CPU.
  spacingMs: 10 * SECOND,
  // Docker's usual grace, which the stop of a hung process takes, and a start by Compose on a busy machine.
  slotMs: 30 * SECOND,
  total: { restarts: 8, withinMs: 15 * MINUTE },
  // One may be a rare request; two within ten minutes are a limit that is too low.
  oom: { kills: 2, withinMs: 10 * MINUTE },
  // The time-outs of a start as systemd and Kubernetes have them by default are 90 s and 30 s; 3 × p95 adapts.
  deadline: { factor: 3, minMs: 30 * SECOND, maxMs: 5 * MINUTE, unknownMs: 2 * MINUTE },
  // Half a probe's time-out: later than this the agent's own clock is the likelier fault.
  lagMs: 500,
  togetherMs: 10 * SECOND,
  // Docker starts its containers one after another when it comes back.
  engineSettleMs: MINUTE,
  // Pools of connections are made anew within a few tries of theirs.
  unblockMs: 10 * SECOND,
  reportMs: 72 * HOUR,
  disk: { warn: 0.15, page: 0.05, stressed: 0.05 },
  episodeMs: 30 * SECOND,
  pageAfterMs: MINUTE,
  // The longest grace that people give (a queue that drains).
  stoppingMs: 10 * MINUTE,
  orphanMs: 5 * SECOND,
  // Longer than the longest start deadline with a grace on both sides.
  actionMs: 10 * MINUTE,
};

/** The settings of soloflow.toml over the defaults. */
export function watchPolicy(
  settings: WatchSettings,
  services: Readonly<Record<string, ServicePolicy>>,
): WatchPolicy {
  const { alerts: _alerts, metrics: _metrics, timeoutMs: _timeoutMs, deadline, disk, ...numbers } = settings;
  return {
    ...DEFAULTS,
    ...numbers,
    deadline: { ...DEFAULTS.deadline, ...deadline },
    disk: { ...DEFAULTS.disk, ...disk },
    services,
  };
}
