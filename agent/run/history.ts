import type { Host } from "../host/host.ts";
import { readStore } from "../host/store/open-store.ts";
import type { ReadinessSample, ReadinessSummary } from "../host/store/readiness.ts";
import type { Release } from "../host/store/releases.ts";
import type { KnownProject } from "./known-project.ts";

/** Releases, newest first; none where nothing was ever deployed. */
export async function readHistory(
  host: Pick<Host, "files">,
  project: KnownProject,
  limit: number,
): Promise<Release[]> {
  if ((await host.files.stat(project.paths.database)) === undefined) return [];
  using store = readStore(project.paths.database);
  return store.releases.list(limit);
}

export type ServiceTimings = ReadinessSummary & { name: string; samples: ReadinessSample[] };

/** From start to first good answer, by service; samples newest first. */
export async function readTimings(
  host: Pick<Host, "files">,
  project: KnownProject,
): Promise<ServiceTimings[]> {
  if ((await host.files.stat(project.paths.database)) === undefined) return [];
  using store = readStore(project.paths.database);
  return store.readiness.services().flatMap((name) => {
    const summary = store.readiness.summary(name);
    return summary === undefined ? [] : [{ name, ...summary, samples: store.readiness.samples(name) }];
  });
}
