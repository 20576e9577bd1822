import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import { secretsUnit, UNIT_FOLDER } from "../../plan/systemd/places.ts";

/** Whether a boot of this machine brings the project back by itself: its secrets are written before Docker starts. */
export async function comesBack(host: Pick<Host, "files" | "uid">, project: string): Promise<boolean> {
  if (host.uid !== 0) return false;
  const wanted = join(UNIT_FOLDER, "docker.service.wants", secretsUnit(project));
  return (await host.files.stat(wanted)) !== undefined;
}
