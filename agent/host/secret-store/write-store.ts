import { basename, dirname, join } from "node:path";
import { sha256 } from "../../core/canonical.ts";
import { recipientOf, seal } from "./age.ts";
import { makeIdentity, readIdentity } from "./identity.ts";
import { writeMark } from "./mark.ts";
import { type OpenStore, readCurrent, readStore } from "./read-store.ts";
import { type StoreKeys, storeKeys } from "./store-keys.ts";
import { currentPath, type StorePlace, versionFile, versionPath } from "./store-place.ts";
import { chainOf, encodeVersion, type StoreVersion } from "./store-version.ts";

/** A version that is written and not in use yet: whoever stops here has changed nothing. */
export type Staged = { version: number; file: string; keys: StoreKeys };

export type NextVersion = {
  secrets: unknown;
  /** ISO time. */
  createdAt: string;
  /** Public recovery key; needed for the first version, later ones keep theirs. */
  recovery?: string;
  /** Where another key of the machine seals it than the version before; later ones keep it. */
  fingerprintKey?: string;
};

/**
 * Writes the version after the current one. The project's lock must be held. A version of that number which was
 * staged before and never committed is replaced.
 */
export async function stageVersion(place: StorePlace, next: NextVersion): Promise<Staged> {
  const current = await readStore(place);
  const recovery = next.recovery ?? current?.recipients.recovery;
  if (recovery === undefined) throw new Error("the first version needs a recovery key");
  await sweep(place);
  if (current !== undefined) await writeMark(place, current.keys, current);
  const identity = (await readIdentity(place)) ?? (await makeIdentity(place));
  const keys = storeKeys(identity);
  const fingerprintKey = next.fingerprintKey ?? current?.fingerprintKey;
  const version: StoreVersion = {
    schema: 1,
    version: (current?.version ?? 0) + 1,
    previous: current?.file ?? null,
    earlier: current === undefined ? [] : chainOf(current),
    createdAt: next.createdAt,
    recipients: { machine: await recipientOf(identity), recovery },
    ...(fingerprintKey === undefined ? {} : { fingerprintKey }),
    secrets: next.secrets,
  };
  return writeVersion(place, version, keys);
}

export async function writeVersion(
  place: StorePlace,
  version: StoreVersion,
  keys: StoreKeys,
): Promise<Staged> {
  const { machine, recovery } = version.recipients;
  const bytes = await seal(encodeVersion(version, keys), [machine, recovery]);
  await place.files.writeAtomic(versionPath(place, version.version), bytes);
  return { version: version.version, file: sha256(bytes), keys };
}

/**
 * The one commit point: CURRENT is renamed. Repeating it is harmless; where the store was recovered since, under a later
 * number, it does nothing: CURRENT never goes back.
 */
export async function commitVersion(place: StorePlace, staged: Staged): Promise<void> {
  if (await isPast(place, staged)) return;
  await place.files.writeAtomic(currentPath(place), `${versionFile(staged.version)}\n`);
  await writeMark(place, staged.keys, staged);
}

/** Whether a later version is there and in use. */
async function isPast(place: StorePlace, { version }: Staged): Promise<boolean> {
  const current = (await readCurrent(place).catch(() => undefined)) ?? 0;
  return current > version && (await place.files.stat(versionPath(place, current))) !== undefined;
}

/** Removes a version that was staged and never committed; one that is current, or older, stays. */
export async function discardVersion(place: StorePlace, version: number): Promise<void> {
  const current = await readStore(place);
  if (current === undefined || version <= current.version) return;
  await place.files.remove(versionPath(place, version));
  await sweep(place);
}

/** Stages and commits, and gives back what is now current. */
export async function writeStore(place: StorePlace, next: NextVersion): Promise<OpenStore> {
  await commitVersion(place, await stageVersion(place, next));
  const opened = await readStore(place);
  if (opened === undefined) throw new Error("the version that was just committed is not there");
  return opened;
}

/** Removes what a killed writer left behind: half-written files never had a name that is read. */
async function sweep({ files, folder, mark }: StorePlace): Promise<void> {
  for (const at of [folder, dirname(mark)]) {
    for (const name of (await files.list(at)) ?? []) {
      const ours = at === folder || name.startsWith(`.${basename(mark)}.`);
      if (ours && name.startsWith(".") && name.endsWith(".tmp")) await files.remove(join(at, name));
    }
  }
}
