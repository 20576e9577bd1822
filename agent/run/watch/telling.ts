import { join } from "node:path";
import type { WatchPolicy } from "../../plan/watchdog/model.ts";
import type { WatchState } from "../../plan/watchdog/state.ts";
import { viewOf } from "../../plan/watchdog/view.ts";
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

/** Where a running watchdog tells its state: GET /state and /metrics. Its group may ask. */
export function watchSocket(paths: Pick<ProjectPaths, "run">): string {
  return join(paths.run, "watch.sock");
}

/** Where an operator's word is taken: only the user of the watchdog, root, can reach it. */
export function operatorSocket(paths: Pick<ProjectPaths, "run">): string {
  return join(paths.run, "operator.sock");
}

/** Asked for, it is an operator's word that the service (undefined: every one) is to be tried again. */
export function resumePath(service: string | undefined): string {
  return service === undefined ? "/resumed" : `/resumed/${service}`;
}

export function watchDocument(
  policy: WatchPolicy,
  state: WatchState,
  { since, fault }: { since: number; fault: string | undefined },
): WatchDocument {
  const services = Object.keys(policy.services).flatMap((name): [string, WatchedService][] => {
    const view = viewOf(policy, state, name);
    if (view === undefined) return [];
    const nextTryAt = view.nextTryAt === undefined ? null : iso(view.nextTryAt);
    return [[name, { ...view, since: iso(view.since), nextTryAt }]];
  });
  return {
    ...{ schema: 1, pid: process.pid, since: iso(since), fault: fault ?? null },
    services: Object.fromEntries(services),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
