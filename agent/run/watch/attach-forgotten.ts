import type { Host } from "../../host/host.ts";
import { processStart } from "../../host/process-life.ts";
import { worksOn } from "../../host/works-on.ts";
import { aloneFile } from "../../plan/colour.ts";
import type { Watched } from "../../plan/watchdog/container-facts.ts";
import { setAlone } from "../ingress-files.ts";
import type { KnownProject } from "../known-project.ts";
import { WATCHDOG } from "../lease.ts";
import type { Memory } from "./memory.ts";

/**
 * A deploy that was killed between taking a standby from the ingress and giving it back leaves it out for good: the
 * ingress would ask it when the other one hangs, but may not. Gives it back where it runs and nobody holds its service.
 * Returns the services. Whether it is ready does not matter: it is asked only where the other one does not answer.
 */
export async function attachForgotten(
  host: Pick<Host, "files" | "clock">,
  project: KnownProject,
  memory: Pick<Memory, "attempt">,
  watched: readonly Watched[],
): Promise<string[]> {
  const files = new Set(await host.files.list(project.paths.active));
  const attached: string[] = [];
  for (const { facts } of watched) {
    const { service, role, state } = facts;
    if (role !== "standby" || state !== "running" || !files.has(aloneFile(service))) continue;
    const own = { pid: process.pid, pidStart: processStart(process.pid) };
    const wish = { services: [service], holder: WATCHDOG, ...own, at: host.clock.now() };
    const lease = memory.attempt((store) => store.leases.take(wish, worksOn(project.paths.lock)));
    if (lease === undefined || "heldBy" in lease) continue;
    try {
      await setAlone(host, project, service, false);
      attached.push(service);
    } finally {
      memory.attempt((store) => store.leases.release(lease.id));
    }
  }
  return attached;
}
