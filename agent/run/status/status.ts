import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { openStore } from "../../host/store/open-store.ts";
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

/** What runs now, as it is: containers are looked at and probed, nothing is remembered but the last release. */
export async function readStatus(host: Host, project: KnownProject): Promise<Status> {
  const watchdog = { running: false, pid: null, since: null };
  const version = await engineVersion(host);
  const engine = { reachable: version !== undefined, version: version ?? null };
  const isNew = (await host.files.stat(project.paths.database)) === undefined;
  if (isNew) return { project: project.name, release: null, engine, services: [], watchdog };
  using store = openStore(project.paths.database);
  const release = store.releases.current()?.id ?? null;
  if (version === undefined) return { project: project.name, release, engine, services: [], watchdog };
  const [model, observed] = await Promise.all([readModel(host, project), observe(host, project, store)]);
  const units = model?.["x-soloflow"].units ?? [];
  const services = await Promise.all(units.map((unit) => serviceStatus(host, store, unit, observed)));
  return { project: project.name, release, engine, services, watchdog };
}

async function engineVersion(host: Host): Promise<string | undefined> {
  try {
    return (await host.engine.info()).version;
  } catch (thrown) {
    if (thrown instanceof SoloflowError && thrown.exitCode === EXIT.noDocker) return undefined;
    throw thrown;
  }
}
