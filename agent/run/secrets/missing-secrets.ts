import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import type { KnownProject } from "../known-project.ts";
import { deliveredRoot } from "./delivered-root.ts";
import { readDeliveries } from "./delivery-record.ts";

/** Services whose folder is not there, so that Docker cannot start their containers. Decrypts nothing. */
export async function missingSecrets(
  host: Pick<Host, "files" | "uid">,
  { name, paths }: KnownProject,
): Promise<string[]> {
  const deliveries = await readDeliveries(host, { paths });
  if (deliveries.length === 0) return [];
  const root = await deliveredRoot(host, { paths, config: { project: name } });
  const missing = new Set<string>();
  for (const { service, folder } of deliveries) {
    if ((await host.files.stat(join(root, service, folder))) === undefined) missing.add(service);
  }
  return [...missing];
}
