import { sha256 } from "../../core/canonical.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { unseal } from "./age.ts";
import { readIdentities } from "./identity.ts";
import { checkMark, readMark } from "./mark.ts";
import {
  forged,
  missingIdentity,
  newerSchema,
  pointsToNothing,
  rolledBack,
  tornFile,
  wrongIdentity,
} from "./store-errors.ts";
import { type StoreKeys, storeKeys, withFingerprintKey } from "./store-keys.ts";
import {
  currentPath,
  identityPath,
  type StorePlace,
  versionNumber,
  versionPath,
  versionsPresent,
} from "./store-place.ts";
import { chainOf, decodeVersion, type StoreVersion } from "./store-version.ts";

/** A version that was opened and proven; `file` is the sha256 of its file. */
export type OpenStore = StoreVersion & { file: string; keys: StoreKeys };

const TRIES = 5;

/**
 * The version that CURRENT names; undefined when none was ever committed. Needs no lock: where another process
 * commits meanwhile, it reads again.
 * Errors: SoloflowError secrets-torn, -pointer, -identity, -forged, -rolled-back, -schema (store-errors.ts).
 */
export async function readStore(place: StorePlace): Promise<OpenStore | undefined> {
  for (let tries = 1; ; tries += 1) {
    const before = await pointers(place);
    try {
      return await readOnce(place);
    } catch (thrown) {
      if (tries === TRIES || (await pointers(place)) === before) throw thrown;
    }
  }
}

async function pointers({ files, mark, ...place }: StorePlace): Promise<string> {
  const current = currentPath({ files, mark, ...place });
  return JSON.stringify([await files.readText(mark), await files.readText(current)]);
}

async function readOnce(place: StorePlace): Promise<OpenStore | undefined> {
  const version = await readCurrent(place);
  if (version === undefined) return undefined;
  const opened = await openByAny(place, version);
  checkMark(place, await readMark(place, opened.keys), opened);
  await checkEarlier(place, opened);
  return opened;
}

/**
 * One version, current or not, by whichever of the machine's keys opens it. Errors: as `openVersion`, and
 * SoloflowError "secrets-identity" when there is no key.
 */
export async function openByAny(place: StorePlace, version: number): Promise<OpenStore> {
  const [first, second] = await readIdentities(place);
  if (first === undefined) throw missingIdentity(identityPath(place));
  const former = second && storeKeys(second);
  try {
    return await openVersion(place, version, first, storeKeys(first, former));
  } catch (thrown) {
    if (second === undefined || former === undefined || !isOfAnotherKey(thrown)) throw thrown;
    return openVersion(place, version, second, former);
  }
}

function isOfAnotherKey(thrown: unknown): boolean {
  return thrown instanceof SoloflowError && thrown.code === "secrets-identity";
}

/** The number in CURRENT. */
export async function readCurrent(place: StorePlace): Promise<number | undefined> {
  const path = currentPath(place);
  const text = await place.files.readText(path);
  if (text === undefined) {
    if (await everCommitted(place)) throw pointsToNothing(path, "is missing, though there are versions");
    return undefined;
  }
  const version = text.endsWith("\n") ? versionNumber(text.slice(0, -1)) : undefined;
  if (version === undefined) throw pointsToNothing(path, "does not name a version");
  return version;
}

/** A first version that was written and not committed does not count. */
async function everCommitted(place: StorePlace): Promise<boolean> {
  if ((await place.files.stat(place.mark)) !== undefined) return true;
  return (await versionsPresent(place)).some((version) => version > 1);
}

/** Opens one version, current or not, and proves that this machine wrote it under this number. */
export async function openVersion(
  place: StorePlace,
  version: number,
  identity: Secret,
  keys: StoreKeys,
): Promise<OpenStore> {
  const path = versionPath(place, version);
  const bytes = await place.files.readBytes(path);
  if (bytes === undefined) throw pointsToNothing(currentPath(place), `names ${path}, which is not there`);
  const plain = await unseal(bytes, identity);
  if ("failure" in plain) {
    if (plain.failure === "torn") throw tornFile(path);
    throw wrongIdentity(identityPath(place), `does not open ${path}`);
  }
  const decoded = decodeVersion(plain.text, keys);
  if ("failure" in decoded) {
    if (decoded.failure === "newer") throw newerSchema(path);
    throw forged(path, "was not written by this machine");
  }
  if (decoded.version !== version) throw rolledBack(`${path} holds version ${decoded.version}`);
  return { ...decoded, file: sha256(bytes), keys: withFingerprintKey(keys, decoded.fingerprintKey) };
}

/** Older versions may be gone (pruned), but not be others than they were. */
async function checkEarlier(place: StorePlace, opened: StoreVersion): Promise<void> {
  for (const [index, hash] of chainOf(opened).entries()) {
    const path = versionPath(place, index + 1);
    const bytes = hash === null ? undefined : await place.files.readBytes(path);
    if (bytes !== undefined && sha256(bytes) !== hash) throw forged(path, "is not the file it was");
  }
}
