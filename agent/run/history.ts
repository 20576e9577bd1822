import type { Host } from "../host/host.ts";
import { readStore } from "../host/store/open-store.ts";
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
