import type { Config } from "../../config/config.ts";
import type { RotationSchedule } from "../rotate/open-turn.ts";

/**
 * What soloflow.toml says of the watchdog, as `deploy` writes it beside the model: the watchdog itself reads no
 * soloflow.toml, which may be half edited at night. What is left out has the default of `watch-policy.ts`.
 * Durations in milliseconds, shares from 0 to 1.
 */
export type WatchSettings = {
  everyMs?: number;
  suspectEveryMs?: number;
  timeoutMs?: number;
  fail?: number;
  recover?: number;
  backoffMs?: readonly number[];
  jitter?: number;
  calmMs?: number;
  circuit?: readonly { restarts: number; withinMs: number }[];
  halfOpenMs?: readonly number[];
  spacingMs?: number;
  total?: { restarts: number; withinMs: number };
  oom?: { kills: number; withinMs: number };
  deadline?: { factor?: number; minMs?: number; maxMs?: number; unknownMs?: number };
  unblockMs?: number;
  engineSettleMs?: number;
  reportMs?: number;
  disk?: { warn?: number; page?: number };
  alerts: AlertSettings;
  metrics: MetricsSettings;
  /** undefined: nothing is rotated by itself. */
  rotation?: RotationSchedule;
};

/** Names of secrets, never their values. */
export type AlertSettings = {
  /** Secret that holds the URL. */
  slack?: string;
  /** `url`: a URL, or the secret that holds it; `key`: the secret that signs. */
  webhook?: { url: string; key: string };
  command?: readonly string[];
  /** A URL, or the secret that holds it. */
  deadMan?: string;
  /** "08:00", in the machine's time. */
  digest?: string;
};

/** "127.0.0.1:9464"; undefined: on the unix socket only. */
export type MetricsSettings = { listen?: string };

/** Nothing set: for a model that was written before the watchdog was. */
export const NO_SETTINGS: WatchSettings = { alerts: {}, metrics: {} };

export function watchSettings({ watchdog, alerts, metrics, rotation, secret }: Config): WatchSettings {
  const { suspect_every, half_open, total, oom, deadline, disk, circuit } = watchdog;
  return present({
    ...{ everyMs: watchdog.every, suspectEveryMs: suspect_every, timeoutMs: watchdog.timeout },
    ...{ fail: watchdog.fail, recover: watchdog.recover },
    ...{ backoffMs: watchdog.backoff, jitter: share(watchdog.jitter), calmMs: watchdog.calm },
    circuit: circuit?.map(({ restarts, within }) => ({ restarts, withinMs: within })),
    ...{ halfOpenMs: half_open, spacingMs: watchdog.spacing },
    total: total && { restarts: total.restarts, withinMs: total.within },
    oom: oom && { kills: oom.kills, withinMs: oom.within },
    deadline:
      deadline &&
      present({
        ...{ factor: deadline.factor, minMs: deadline.min, maxMs: deadline.max, unknownMs: deadline.unknown },
      }),
    ...{ unblockMs: watchdog.unblock, engineSettleMs: watchdog.settle, reportMs: watchdog.report },
    disk: disk && present({ warn: share(disk.warn), page: share(disk.page) }),
    alerts: alertSettings(alerts),
    metrics: present({ listen: metrics.listen }),
    rotation: rotationSchedule(rotation, secret),
  });
}

/** Also where only the hours are set: what somebody rotated by hand is given up in them. */
function rotationSchedule(
  { between }: Config["rotation"],
  secrets: Config["secret"],
): RotationSchedule | undefined {
  const every = Object.values(secrets).some((secret) => secret.every !== undefined);
  return every || between !== undefined ? present({ between, every }) : undefined;
}

function alertSettings({
  slack,
  webhook,
  command,
  dead_man: deadMan,
  digest,
}: Config["alerts"]): AlertSettings {
  return present({ slack, webhook, command, deadMan, digest });
}

function share(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : percent / 100;
}

type Present<T> = {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
} & {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
};

/** Without the members that are undefined. */
function present<T extends object>(all: T): Present<T> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Present<T>;
}
