import { EXIT, SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { ALL_SERVICES, type Lease } from "../host/store/leases.ts";
import { openStore } from "../host/store/open-store.ts";
import type { Store } from "../host/store/store.ts";
import { askUnix } from "../host/unix-client.ts";
import { worksOn } from "../host/works-on.ts";
import { deployedUnits } from "./instances.ts";
import type { KnownProject } from "./known-project.ts";
import { operatorLeases } from "./pause.ts";
import { tellSleeper } from "./watch/tell-sleeper.ts";
import { operatorSocket, resumePath } from "./watch/telling.ts";

const ASK_MS = 5_000;

/** `released`: pauses that were ended. `watched`: a watchdog runs and tries the services again at once. */
export type Resumed = { service: string | null; released: number; watched: boolean };

/**
 * Ends a pause and closes the circuit of a service, of all for undefined. Errors: SoloflowError "usage" (exit 2) for
 * an unknown service, before the first deploy, and for one service while all are paused together.
 */
export async function resume(
  host: Host,
  project: KnownProject,
  service: string | undefined,
): Promise<Resumed> {
  const units = await deployedUnits(host, project, service === undefined ? [] : [service]);
  using store = openStore(project.paths.database);
  const leases = store.leases.list(host.clock.now(), worksOn(project.paths.lock));
  const released = release(store, leases, service);
  const answer = await askUnix(operatorSocket(project.paths), resumePath(service), ASK_MS);
  if (answer === undefined)
    await tellSleeper(
      host,
      project,
      units.map((unit) => unit.service),
    );
  return { service: service ?? null, released, watched: answer !== undefined };
}

function release({ leases }: Store, all: readonly Lease[], service: string | undefined): number {
  const everything = operatorLeases(all, ALL_SERVICES);
  if (service !== undefined && everything.length > 0) {
    throw new SoloflowError("usage", `all services are paused together, ${service} with them`, {
      hint: "soloflow-agent resume ends that; pause then what is to stay paused",
      exitCode: EXIT.usage,
    });
  }
  const own = operatorLeases(all, service);
  for (const { id } of own) leases.release(id);
  return own.length;
}
