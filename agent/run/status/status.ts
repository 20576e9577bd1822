import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { readStore } from "../../host/store/open-store.ts";
import type { Store } from "../../host/store/store.ts";
import { readModel } from "../deploy/model-file.ts";
import type { KnownProject } from "../known-project.ts";
import { observe } from "../observe.ts";
import { type ServiceStatus, serviceStatus } from "./service-status.ts";

/** The document of `status --json`, without its schema number. */
export type Status = {
  project: string;
  release: string | null;
  engine: { reachable: boolean; version: string | null };
  services: ServiceStatus[];
  watchdog: { running: boolean; pid: number | null; since: string | null };
};

/** What runs now, as it is: nothing is remembered but the last release. `detail`: see `serviceStatus`. */
export async function readStatus(
  host: Host,
  project: KnownProject,
  { detail }: { detail: boolean },
): Promise<Status> {
  const watchdog = { running: false, pid: null, since: null };
  if ((await host.files.stat(project.paths.database)) === undefined) {
    return { project: project.name, release: null, engine: await engineState(host), services: [], watchdog };
  }
  using store = readStore(project.paths.database);
  const release = store.releases.current()?.id ?? null;
  const [engine, services] = await Promise.all([
    engineState(host),
    servicesOf(host, project, { store, detail }),
  ]);
  return { project: project.name, release, engine, services, watchdog };
}

async function servicesOf(
  host: Host,
  project: KnownProject,
  { store, detail }: { store: Store; detail: boolean },
): Promise<ServiceStatus[]> {
  const [model, observed] = await Promise.all([
    readModel(host, project),
    ifReachable(() => observe(host, project, store)),
  ]);
  if (observed === undefined) return [];
  const units = model?.["x-soloflow"].units ?? [];
  return Promise.all(units.map((unit) => serviceStatus(host, store, unit, { observed, detail })));
}

async function engineState(host: Host): Promise<Status["engine"]> {
  const version = await ifReachable(() => host.engine.version());
  return { reachable: version !== undefined, version: version ?? null };
}

/** undefined where Docker cannot be reached: that is an answer here, not a failure. */
async function ifReachable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof SoloflowError && thrown.exitCode === EXIT.noDocker) return undefined;
    throw thrown;
  }
}
