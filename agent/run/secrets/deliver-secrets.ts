import type { Host } from "../../host/host.ts";
import type { Delivered } from "../../plan/delivered.ts";
import { filesOf } from "../../plan/secrets-deliver.ts";
import type { Project } from "../project.ts";
import { deliveredRoot } from "./delivered-root.ts";
import {
  byService,
  type Delivery,
  deliveryOf,
  type Receiver,
  recordOf,
  writeDeliveries,
} from "./delivery.ts";
import { areRecorded } from "./delivery-record.ts";
import { openSecrets } from "./open-secrets.ts";

/**
 * Writes each service's secrets into a folder of its own on tmpfs, `ROOT/SERVICE/FINGERPRINT`, and says where. The
 * folder's name changes only when a value (or the owner) does; one that is whole is kept. Services without
 * secrets have no entry. How each folder came about is recorded first, so that it can be written again after a reboot.
 * The project's lock must be held; a kill leaves nothing under a folder's final name that is not whole.
 */
export async function deliverSecrets(
  host: Pick<Host, "files" | "uid">,
  project: Project,
  services: readonly Receiver[],
): Promise<Record<string, Delivered>> {
  return writeDeliveries(host, project, await planDeliveries(host, project, services));
}

/** What `deliverSecrets` would write, and whether all of it is there and recorded already. Writes nothing. */
export async function previewSecrets(
  host: Pick<Host, "files" | "uid">,
  project: Project,
  services: readonly Receiver[],
): Promise<{ delivered: Record<string, Delivered>; present: boolean }> {
  const deliveries = await planDeliveries(host, project, services);
  const folders = deliveries.map(({ delivered }) => host.files.stat(delivered.folder));
  return {
    delivered: byService(deliveries),
    present:
      (await Promise.all(folders)).every((stat) => stat !== undefined) &&
      (await areRecorded(host, project, deliveries.map(recordOf))),
  };
}

async function planDeliveries(
  host: Pick<Host, "files" | "uid">,
  project: Project,
  services: readonly Receiver[],
): Promise<Delivery[]> {
  const opened = await openSecrets(host, project);
  const names = services.map((service) => service.name);
  const wanted = filesOf(project.config, opened?.secrets ?? {}, names);
  if (opened === undefined || wanted.length === 0) return [];
  const root = await deliveredRoot(host, project);
  return services.flatMap((receiver): Delivery[] => {
    const entry = wanted.find((candidate) => candidate.service === receiver.name);
    if (entry === undefined) return [];
    return [deliveryOf(root, entry, receiver, opened)];
  });
}
