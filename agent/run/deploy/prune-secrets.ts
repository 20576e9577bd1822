import type { Host } from "../../host/host.ts";
import { LABEL } from "../../plan/labels.ts";
import type { KnownProject } from "../known-project.ts";
import { pruneDelivered } from "../secrets/prune-delivered.ts";

/** Removes delivered secrets that no container of the project, running or not, is bound to any more. */
export async function pruneSecrets(host: Host, { name, paths }: KnownProject): Promise<void> {
  const containers = await host.engine.containers([`${LABEL.composeProject}=${name}`]);
  const bound = containers.flatMap(({ mounts }) => mounts.map((mount) => mount.source));
  await pruneDelivered(host, { paths, config: { project: name } }, bound);
}
