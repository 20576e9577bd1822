import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Host } from "../../host/host.ts";
import type { Project } from "../project.ts";
import { deliveredRoot } from "./delivered-root.ts";
import { keepDeliveries } from "./delivery-record.ts";
import { removeSecretFolder } from "./secret-folder.ts";

/**
 * Removes every delivered folder that is not in `keep` (absolute paths), and forgets how it came about. Keep those of all containers that are
 * there, stopped ones too: a container whose folder is gone cannot be started again.
 */
export async function pruneDelivered(
  host: Pick<Host, "files" | "uid">,
  project: Pick<Project, "paths"> & { config: Pick<Config, "project"> },
  keep: readonly string[],
): Promise<void> {
  const root = await deliveredRoot(host, project);
  for (const service of (await host.files.list(root)) ?? []) {
    const ofService = join(root, service);
    const folders = ((await host.files.list(ofService)) ?? []).map((name) => join(ofService, name));
    const old = folders.filter((folder) => !keep.includes(folder));
    for (const folder of old) await removeSecretFolder(host, folder);
    if (old.length === folders.length) await host.files.remove(ofService);
  }
  await keepDeliveries(host, project, ({ service, folder }) => keep.includes(join(root, service, folder)));
}
