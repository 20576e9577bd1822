import { join } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { FileForm } from "../../plan/secrets-deliver.ts";
import {
  isBoolean,
  isText,
  listOf,
  mapOf,
  maybe,
  objectOf,
  oneOf,
  type Shape,
  textLike,
  validated,
  wholeFrom,
} from "../../plan/watchdog/valid.ts";
import type { Project } from "../project.ts";

/** How one folder of decrypted secrets came about: enough to write it again. Holds no value. */
export type DeliveryRecord = {
  service: string;
  /** Name of its folder, a fingerprint. */
  folder: string;
  /** The user that the files belong to. */
  uid: number;
  gid: number;
  /** Version of the store that the values are from. */
  version: number;
  /** Names of the files, with how each comes from the store. */
  files: Readonly<Record<string, FileForm>>;
};

// By hand, for the watchdog reads this too: zod would stay in its memory for good.
const name = textLike(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
const delivery: Shape<DeliveryRecord> = objectOf<DeliveryRecord>({
  ...{ service: name, folder: textLike(/^[0-9a-f]+$/) },
  ...{ uid: wholeFrom(0), gid: wholeFrom(0), version: wholeFrom(1) },
  files: mapOf(
    objectOf<FileForm>({
      ...{ url: maybe(isText), issues: maybe(wholeFrom(1)), bare: maybe(isBoolean), previousOf: maybe(name) },
    }),
    name,
  ),
});
const recordShape = objectOf<{ schema: 1; deliveries: readonly DeliveryRecord[] }>({
  schema: oneOf(1),
  deliveries: listOf(delivery),
});

type Place = { paths: Pick<Project["paths"], "state"> };

const recordFile = ({ paths }: Place): string => join(paths.state, "delivered.json");

/**
 * Every folder that was delivered and not removed again; none before the first deploy.
 * Errors: SoloflowError "state" when the file is not what was written.
 */
export async function readDeliveries(host: Pick<Host, "files">, place: Place): Promise<DeliveryRecord[]> {
  const text = await host.files.readText(recordFile(place));
  if (text === undefined) return [];
  try {
    return [...validated(recordShape, JSON.parse(text)).deliveries];
  } catch (thrown) {
    throw new SoloflowError("state", `${recordFile(place)} is damaged`, {
      hint: "soloflow-agent deploy writes it again, and delivers the secrets",
      cause: thrown,
    });
  }
}

/** Adds these, or says anew how they came about. The project's lock must be held. */
export async function recordDeliveries(
  host: Pick<Host, "files">,
  place: Place,
  made: readonly DeliveryRecord[],
): Promise<void> {
  const keys = new Set(made.map(keyOf));
  await replaceDeliveries(host, place, (known) => [
    ...known.filter((each) => !keys.has(keyOf(each))),
    ...made,
  ]);
}

/** Whether it is written down already that these came about just like this. */
export async function areRecorded(
  host: Pick<Host, "files">,
  place: Place,
  made: readonly DeliveryRecord[],
): Promise<boolean> {
  const known = await readDeliveries(host, place).catch(() => []);
  return made.every((each) => known.some((other) => Bun.deepEquals(each, other, true)));
}

/** Forgets all others. The project's lock must be held. */
export async function keepDeliveries(
  host: Pick<Host, "files">,
  place: Place,
  keeps: (delivery: DeliveryRecord) => boolean,
): Promise<void> {
  await replaceDeliveries(host, place, (known) => known.filter(keeps));
}

/** What is damaged is written anew: whoever delivers knows what counts. */
async function replaceDeliveries(
  host: Pick<Host, "files">,
  place: Place,
  change: (known: DeliveryRecord[]) => DeliveryRecord[],
): Promise<void> {
  const before = await host.files.readText(recordFile(place));
  const known = await readDeliveries(host, place).catch(() => []);
  const sorted = change(known).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (before === undefined && sorted.length === 0) return;
  const text = `${JSON.stringify({ schema: 1, deliveries: sorted }, null, 1)}\n`;
  if (text !== before) await host.files.writeAtomic(recordFile(place), text);
}

function keyOf({ service, folder }: DeliveryRecord): string {
  return `${service}/${folder}`;
}
