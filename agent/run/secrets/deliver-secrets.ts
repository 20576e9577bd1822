import { basename, join } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { StoreKeys } from "../../host/secret-store/store-keys.ts";
import type { Delivered } from "../../plan/delivered.ts";
import { filesOf, type ServiceFiles } from "../../plan/secrets-deliver.ts";
import type { Project } from "../project.ts";
import { deliveredRoot } from "./delivered-root.ts";
import { areRecorded, type DeliveryRecord, recordDeliveries } from "./delivery-record.ts";
import { openSecrets } from "./open-secrets.ts";
import { type Owner, writeSecretFolder } from "./secret-folder.ts";

export type Receiver = Owner & { name: string };

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
  const deliveries = await planDeliveries(host, project, services);
  await recordDeliveries(host, project, deliveries.map(recordOf));
  for (const { delivered, files, receiver } of deliveries) {
    await writeSecretFolder(host, delivered.folder, files, receiver);
  }
  return Object.fromEntries(deliveries.map(({ receiver, delivered }) => [receiver.name, delivered]));
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
    delivered: Object.fromEntries(deliveries.map(({ receiver, delivered }) => [receiver.name, delivered])),
    present:
      (await Promise.all(folders)).every((stat) => stat !== undefined) &&
      (await areRecorded(host, project, deliveries.map(recordOf))),
  };
}

type Delivery = Pick<ServiceFiles, "files" | "forms"> & {
  receiver: Receiver;
  delivered: Delivered;
  /** Of the store. */
  version: number;
};

function recordOf({ receiver, delivered, forms, version }: Delivery): DeliveryRecord {
  const { name: service, uid, gid } = receiver;
  return { service, folder: basename(delivered.folder), uid, gid, version, files: forms };
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
    const delivered = describe(root, entry, receiver, opened.keys);
    return [{ receiver, delivered, files: entry.files, forms: entry.forms, version: opened.version }];
  });
}

function describe(root: string, wanted: ServiceFiles, { uid, gid }: Owner, keys: StoreKeys): Delivered {
  if (!/^[A-Za-z0-9._-]+$/.test(wanted.service) || wanted.service.startsWith(".")) {
    throw new SoloflowError("secrets", `${JSON.stringify(wanted.service)} cannot name a folder`);
  }
  const names = Object.keys(wanted.files);
  const counted = names.filter((name) => !wanted.inPlace.includes(name));
  const content = JSON.stringify([uid, gid, names, counted.map((name) => wanted.files[name])]);
  return {
    folder: join(root, wanted.service, keys.fingerprint(wanted.service, content)),
    files: names.filter((name) => !wanted.env.includes(name)),
    env: wanted.env,
    fingerprints: Object.fromEntries(
      counted.map((name) => [name, keys.fingerprint(name, wanted.files[name] ?? "")]),
    ),
  };
}
