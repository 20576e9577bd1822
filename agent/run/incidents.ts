import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import type { Incident } from "../host/store/incidents.ts";
import { readStore } from "../host/store/open-store.ts";
import type { KnownProject } from "./known-project.ts";

/** Newest first; none where nothing was ever deployed. */
export async function readIncidents(
  host: Pick<Host, "files">,
  project: KnownProject,
  limit: number,
): Promise<Incident[]> {
  if ((await host.files.stat(project.paths.database)) === undefined) return [];
  using store = readStore(project.paths.database);
  return store.incidents.list(limit);
}

/** Errors: SoloflowError "usage" (exit 2) for what is no incident of this project. */
export async function readIncident(
  host: Pick<Host, "files">,
  project: KnownProject,
  id: string,
): Promise<Incident> {
  const all = await readIncidents(host, project, Number.MAX_SAFE_INTEGER);
  const found = all.find((incident) => String(incident.id) === id);
  if (found !== undefined) return found;
  throw new SoloflowError("usage", `there is no incident ${id}`, {
    hint: "soloflow-agent incidents lists them",
    exitCode: EXIT.usage,
  });
}
