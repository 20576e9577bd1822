import { dirname, join } from "node:path";
import type { Config } from "../../config/config.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Project } from "../project.ts";

/**
 * Where decrypted secrets lie: below the project's run folder where that is in memory, else below /dev/shm; never
 * on a disk. The same answer as long as the machine's mounts are the same, because containers name the path.
 * Errors: SoloflowError "secrets-tmpfs" when neither is in memory, or when somebody else can write there.
 */
export async function deliveredRoot(
  host: Pick<Host, "files" | "uid">,
  project: Pick<Project, "paths"> & { config: Pick<Config, "project"> },
): Promise<string> {
  const shared = join("/dev/shm", host.uid === 0 ? "soloflow" : `soloflow-${host.uid}`);
  for (const base of [project.paths.run, join(shared, project.config.project)]) {
    if (!(await host.files.space(base)).tmpfs) continue;
    for (const folder of [dirname(base), base]) await refuseForeign(host, folder);
    return join(base, "secrets");
  }
  throw new SoloflowError("secrets-tmpfs", `neither ${project.paths.run} nor /dev/shm is in memory`, {
    hint: `mount -t tmpfs -o mode=0700,size=16m tmpfs ${dirname(project.paths.run)}`,
  });
}

/** /dev/shm is everybody's: who made the folder first could exchange what lies in it. */
async function refuseForeign(host: Pick<Host, "files" | "uid">, folder: string): Promise<void> {
  const stat = await host.files.stat(folder);
  const writableByOthers = ((stat?.mode ?? 0) & 0o022) !== 0;
  if (stat === undefined || (stat.kind === "folder" && stat.uid === host.uid && !writableByOthers)) return;
  throw new SoloflowError("secrets-tmpfs", `${folder} belongs to somebody else, or others can write to it`, {
    hint: `look at it (ls -ld ${folder}) and remove it`,
  });
}
