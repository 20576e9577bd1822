import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import type { Project } from "../project.ts";

/** State folders of the project that exist: the caller's, root's, and for root those of the users. */
export async function gatherStateFolders(
  host: Pick<Host, "files" | "env" | "uid">,
  project: Project,
): Promise<string[]> {
  const name = project.config.project;
  const candidates = new Set([project.paths.state]);
  // A folder that was named on purpose is the only one.
  if (host.env.SOLOFLOW_STATE_DIR === undefined) {
    candidates.add(join("/var/lib/soloflow", name));
    for (const home of host.uid === 0 ? await homes(host) : []) {
      candidates.add(join(home, ".local/state/soloflow", name));
    }
  }
  const found: string[] = [];
  for (const folder of candidates) {
    const stat = await host.files.stat(folder).catch(() => undefined);
    if (stat?.kind === "folder") found.push(folder);
  }
  return found;
}

async function homes(host: Pick<Host, "files">): Promise<string[]> {
  const users = (await host.files.list("/home")) ?? [];
  return ["/root", ...users.map((user) => join("/home", user))];
}
