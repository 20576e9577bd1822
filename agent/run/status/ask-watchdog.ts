import type { Host } from "../../host/host.ts";
import { askUnix } from "../../host/unix-client.ts";
import type { KnownProject } from "../known-project.ts";
import { type WatchDocument, watchSocket } from "../watch/telling.ts";

/** A watchdog that lives answers in a few milliseconds; a glance does not wait for one that hangs. */
const TIMEOUT_MS = 200;

/** What a running watchdog says; undefined where none runs, none answers in time, or nobody understands it. Never throws. */
export async function askWatchdog(
  host: Pick<Host, "files">,
  project: KnownProject,
): Promise<WatchDocument | undefined> {
  try {
    const socket = watchSocket(project.paths);
    if ((await host.files.stat(socket)) === undefined) return undefined;
    const text = await askUnix(socket, "/state", TIMEOUT_MS);
    const said = JSON.parse(text ?? "null") as WatchDocument | null;
    return said?.schema === 1 && said.services instanceof Object ? said : undefined;
  } catch {
    return undefined;
  }
}
