import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import type { KnownProject } from "../known-project.ts";
import { readDeliveries } from "../secrets/delivery-record.ts";

/** Whether containers may have secrets of which nobody wrote down how to deliver them again. */
export async function undeliveredSecrets(host: Pick<Host, "files">, project: KnownProject): Promise<boolean> {
  const folders = await host.files.list(join(project.paths.run, "secrets"));
  if (folders === undefined || folders.length === 0) return false;
  const recorded = await readDeliveries(host, project).catch(() => []);
  return recorded.length === 0;
}
