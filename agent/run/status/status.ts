import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Incident } from "../../host/store/incidents.ts";
import { readStore } from "../../host/store/open-store.ts";
import type { Store } from "../../host/store/store.ts";
import { defaultMode } from "../../plan/watchdog/watch-mode.ts";
import { type ModelFile, readModel } from "../deploy/model-file.ts";
import type { KnownProject } from "../known-project.ts";
import { observe } from "../observe.ts";
import type { WatchDocument } from "../watch/telling.ts";
import { askWatchdog } from "./ask-watchdog.ts";
import { reportRecords } from "./report-record.ts";
import { type ServiceStatus, serviceStatus } from "./service-status.ts";

/** The document of `status --json`, without its schema number. */
export type Status = {
  project: string;
  release: string | null;
  engine: { reachable: boolean; version: string | null };
  services: ServiceStatus[];
  /** `fault`: why it restarts nothing now. */
  watchdog: { running: boolean; pid: number | null; since: string | null; fault: string | null };
  /** Those that are not over, newest first. */
  incidents: { id: number; service: string; openedAt: string; cause: string; report: boolean }[];
  /** What would have been done with services that are only reported on. `mayRestart`: nothing speaks against it. */
  reports: { service: string; since: string; wouldRestart: number; mayRestart: boolean }[];
};

const NO_WATCHDOG: Status["watchdog"] = { running: false, pid: null, since: null, fault: null };
/** More that are not over at once say nothing more. */
const INCIDENTS = 20;

/** What runs now, as it is and as the watchdog sees it. `detail`: see `serviceStatus`. */
export async function readStatus(
  host: Host,
  project: KnownProject,
  { detail }: { detail: boolean },
): Promise<Status> {
  const empty = { services: [], watchdog: NO_WATCHDOG, incidents: [], reports: [] };
  if ((await host.files.stat(project.paths.database)) === undefined) {
    return { project: project.name, release: null, engine: await engineState(host), ...empty };
  }
  // On its way while the state is opened, which waits for the disk.
  const watched = askWatchdog(host, project);
  using store = readStore(project.paths.database);
  const release = store.releases.current()?.id ?? null;
  const model = readModel(host, project);
  const [engine, services] = await Promise.all([
    engineState(host),
    servicesOf(host, project, { store, detail, model, watched }),
  ]);
  return {
    ...{ project: project.name, release, engine, services, watchdog: watchdogState(await watched) },
    incidents: store.incidents.list(INCIDENTS, { open: true }).map(incidentState),
    reports: reportsOf(store, await model),
  };
}

type Asked = {
  store: Store;
  detail: boolean;
  model: Promise<ModelFile | undefined>;
  watched: Promise<WatchDocument | undefined>;
};

async function servicesOf(host: Host, project: KnownProject, asked: Asked): Promise<ServiceStatus[]> {
  const { store, detail } = asked;
  const [model, observed, watched] = await Promise.all([
    asked.model,
    ifReachable(() => observe(host, project, store)),
    asked.watched,
  ]);
  if (observed === undefined) return [];
  const units = model?.["x-soloflow"].units ?? [];
  return Promise.all(
    units.map((unit) =>
      serviceStatus(host, store, unit, { observed, detail, watched: watched?.services[unit.service] }),
    ),
  );
}

function watchdogState(watched: WatchDocument | undefined): Status["watchdog"] {
  if (watched === undefined) return NO_WATCHDOG;
  const { pid, since, fault } = watched;
  return { running: true, pid, since, fault: fault ?? null };
}

function incidentState({ id, service, openedAt, cause, report }: Incident): Status["incidents"][number] {
  return { id, service, openedAt: new Date(openedAt).toISOString(), cause, report };
}

function reportsOf(store: Store, model: ModelFile | undefined): Status["reports"] {
  const records = reportRecords(store);
  return (model?.["x-soloflow"].units ?? []).flatMap(({ service, watch, instances }) => {
    const record = records[service];
    if (watch !== "report" || record === undefined) return [];
    const spec = model?.services[instances[0]?.name ?? service] ?? {};
    return [
      {
        ...{ service, since: new Date(record.since).toISOString(), wouldRestart: record.would },
        mayRestart: defaultMode(service, spec) === "restart",
      },
    ];
  });
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
