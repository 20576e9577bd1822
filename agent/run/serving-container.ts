import type { Container } from "../core/container.ts";
import type { Host } from "../host/host.ts";
import { readStore } from "../host/store/open-store.ts";
import type { DeployedUnit } from "../plan/deployed.ts";
import { containersOf } from "../plan/observed.ts";
import { servingOf } from "../plan/serving.ts";
import type { KnownProject } from "./known-project.ts";
import { observe } from "./observe.ts";

/** The container that answers for a service now. */
export async function servingContainer(
  host: Host,
  project: KnownProject,
  unit: DeployedUnit,
): Promise<Container | undefined> {
  using store = readStore(project.paths.database);
  const observed = await observe(host, project, store);
  if (unit.strategy !== "overlap") return containersOf(observed, unit.service)[0];
  const serving = servingOf(unit, observed);
  return serving.colour === undefined ? serving.legacy : serving.containers[serving.colour];
}
