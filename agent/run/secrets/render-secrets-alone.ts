import type { Host } from "../../host/host.ts";
import type { KnownProject } from "../known-project.ts";
import { type Rendered, renderSecrets } from "./render-secrets.ts";

/**
 * `renderSecrets` under the project's lock, without waiting for it: an operation that holds it (`busy` names it) delivers
 * by itself, and may be waiting for the very engine that waits for this. What a killed one left running writes no
 * secrets.
 */
export async function renderSecretsAlone(
  host: Pick<Host, "files" | "uid" | "lock" | "clock">,
  project: KnownProject,
): Promise<{ busy: string | undefined; rendered: Rendered[] }> {
  const taken = await host.lock.tryAcquire(project.paths.lock, {
    pid: process.pid,
    command: "secrets render",
    since: new Date(host.clock.now()).toISOString(),
  });
  const held = "fd" in taken ? taken : undefined;
  try {
    if ("heldBy" in taken && taken.heldBy?.alive !== false)
      return { busy: taken.heldBy?.command ?? "another operation", rendered: [] };
    return { busy: undefined, rendered: await renderSecrets(host, project) };
  } finally {
    held?.release();
  }
}
