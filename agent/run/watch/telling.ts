import { join } from "node:path";
import type { WatchPolicy } from "../../plan/watchdog/model.ts";
import type { WatchState } from "../../plan/watchdog/state.ts";
import type { ProjectPaths } from "../project.ts";

/** The document of `/state`. Times are ISO. */
export type WatchDocument = {
  schema: 1;
  pid: number;
  since: string;
  /** Why nothing is restarted now, where the state cannot be written. */
  fault: string | null;
  services: Record<string, WatchedService>;
};

export type WatchedService = {
  phase: string;
  /** In words why. */
  cause: string;
  since: string;
  /** The watchdog's own. */
  restarts15m: number;
  /** When an open circuit is tried. */
  nextTryAt: string | null;
};

const RECENT_MS = 15 * 60_000;

/** Where a running watchdog tells its state: GET /state and /metrics; and where it is told: `resumePath`. */
export function watchSocket(paths: Pick<ProjectPaths, "run">): string {
  return join(paths.run, "watch.sock");
}

/** Asked for, it is an operator's word that the service (undefined: every one) is to be tried again. */
export function resumePath(service: string | undefined): string {
  return service === undefined ? "/resumed" : `/resumed/${service}`;
}

export function watchDocument(
  policy: WatchPolicy,
  { durable, live }: WatchState,
  { since, fault }: { since: number; fault: string | undefined },
): WatchDocument {
  const services = Object.keys(policy.services).flatMap((name): [string, WatchedService][] => {
    const now = live.services[name];
    if (now?.phase === undefined) return [];
    const record = durable.services[name];
    return [
      [
        name,
        {
          ...{ phase: now.phase, cause: now.cause, since: iso(now.since) },
          restarts15m: record?.own.filter((at) => at > live.at - RECENT_MS).length ?? 0,
          nextTryAt: record?.circuit === undefined ? null : iso(record.circuit.nextTryAt),
        },
      ],
    ];
  });
  return {
    ...{ schema: 1, pid: process.pid, since: iso(since), fault: fault ?? null },
    services: Object.fromEntries(services),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
