import type { Host } from "../../host/host.ts";
import { secretsFolderOf } from "../../plan/applied.ts";
import { LABEL } from "../../plan/labels.ts";
import type { KnownProject } from "../known-project.ts";
import { pruneDelivered } from "../secrets/prune-delivered.ts";
import type { ModelFile } from "./model-file.ts";

/**
 * Removes delivered secrets that no container of the project, running or not, is bound to any more. What `model` names
 * stays too: a one-shot whose container somebody has removed runs again with its own.
 */
export async function pruneSecrets(
  host: Host,
  { name, paths }: KnownProject,
  model?: Pick<ModelFile, "services">,
): Promise<void> {
  const containers = await host.engine.containers([`${LABEL.composeProject}=${name}`]);
  const bound = containers.flatMap(({ mounts }) => mounts.map((mount) => mount.source));
  const named = Object.values(model?.services ?? {}).flatMap((spec) => secretsFolderOf(spec) ?? []);
  await pruneDelivered(host, { paths, config: { project: name } }, [...bound, ...named]);
}
