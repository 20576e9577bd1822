import { basename, join } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { StoreKeys } from "../../host/secret-store/store-keys.ts";
import type { Delivered } from "../../plan/delivered.ts";
import type { ServiceFiles } from "../../plan/secrets-deliver.ts";
import type { Project } from "../project.ts";
import { type DeliveryRecord, recordDeliveries } from "./delivery-record.ts";
import { type Owner, writeSecretFolder } from "./secret-folder.ts";

export type Receiver = Owner & { name: string };

/** One folder with its content. Holds values. */
export type Delivery = Pick<ServiceFiles, "files" | "forms"> & {
  receiver: Receiver;
  delivered: Delivered;
  /** Of the store. */
  version: number;
};

/** The folder's name changes only when a value (or the owner) does. */
export function deliveryOf(
  root: string,
  wanted: ServiceFiles,
  receiver: Receiver,
  { version, keys }: { version: number; keys: StoreKeys },
): Delivery {
  const { files, forms } = wanted;
  return { receiver, delivered: describe(root, wanted, receiver, keys), files, forms, version };
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

export function recordOf({ receiver, delivered, forms, version }: Delivery): DeliveryRecord {
  const { name: service, uid, gid } = receiver;
  return { service, folder: basename(delivered.folder), uid, gid, version, files: forms };
}

export function byService(deliveries: readonly Delivery[]): Record<string, Delivered> {
  return Object.fromEntries(deliveries.map(({ receiver, delivered }) => [receiver.name, delivered]));
}

/** First how each folder came about, then the folders themselves. The project's lock must be held. */
export async function writeDeliveries(
  host: Pick<Host, "files" | "uid">,
  project: { paths: Pick<Project["paths"], "state"> },
  deliveries: readonly Delivery[],
): Promise<Record<string, Delivered>> {
  await recordDeliveries(host, project, deliveries.map(recordOf));
  for (const { delivered, files, receiver } of deliveries)
    await writeSecretFolder(host, delivered.folder, files, receiver);
  return byService(deliveries);
}
