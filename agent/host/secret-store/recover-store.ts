import { sha256 } from "../../core/canonical.ts";
import type { Secret } from "../../core/secret.ts";
import { recipientOf, unseal } from "./age.ts";
import { makeIdentity, readIdentity } from "./identity.ts";
import { type Mark, parseMark } from "./mark.ts";
import { type OpenStore, openVersion, readCurrent, readStore } from "./read-store.ts";
import { storeKeys } from "./store-keys.ts";
import {
  identityPath,
  type StorePlace,
  versionFile,
  versionNumber,
  versionPath,
  versionsPresent,
} from "./store-place.ts";
import { decodeUnproven, type StoreVersion } from "./store-version.ts";
import { commitVersion, writeVersion } from "./write-store.ts";

/** A version that still opens; `proven` where the machine's own identity says that this machine wrote it. */
export type Found = { content: StoreVersion; proven: boolean };

/**
 * The newest version that opens with the machine's identity or the recovery key, whatever CURRENT and the mark
 * say; undefined when none does. What was written and never committed is passed over as far as they tell.
 */
export async function findNewest(place: StorePlace, recoveryKey?: Secret): Promise<Found | undefined> {
  const limit = await newestCommitted(place);
  const versions = (await versionsPresent(place)).filter((version) => version <= limit).reverse();
  const identity = await readIdentity(place).catch(() => undefined);
  for (const version of versions) {
    const found =
      (identity && (await openProven(place, version, identity))) ??
      (recoveryKey && (await openUnproven(place, version, recoveryKey)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Writes what was found as a new version above every number that was ever used, and makes it current. Where the
 * identity did not open it, that is set aside and a new one made. The project's lock must be held.
 */
export async function recoverStore(place: StorePlace, found: Found, createdAt: string): Promise<OpenStore> {
  const identity = found.proven ? await readIdentity(place) : await replaceIdentity(place, createdAt);
  if (identity === undefined) throw new Error("the identity went away during the recovery");
  const keys = storeKeys(identity);
  const numbers = [...(await versionsPresent(place)), (await markHint(place))?.version ?? 0];
  const version = Math.max(...numbers, (await readCurrent(place).catch(() => 0)) ?? 0) + 1;
  const hashes = await hashesBefore(place, version);
  const recipients = { ...found.content.recipients, machine: await recipientOf(identity) };
  const { fingerprintKey, secrets } = found.content;
  const content: StoreVersion = {
    schema: 1,
    version,
    previous: hashes.at(-1) ?? null,
    earlier: hashes.slice(0, -1),
    createdAt,
    recipients,
    ...(fingerprintKey === undefined ? {} : { fingerprintKey }),
    secrets,
  };
  await commitVersion(place, await writeVersion(place, content, keys));
  const opened = await readStore(place);
  if (opened === undefined) throw new Error("the version that was just committed is not there");
  return opened;
}

async function newestCommitted(place: StorePlace): Promise<number> {
  const mark = (await markHint(place))?.version ?? Number.POSITIVE_INFINITY;
  return Math.max(mark, (await readCurrent(place).catch(() => 0)) ?? 0);
}

/** The mark's content without proof: good enough to look for a newer file, or to skip a number. */
async function markHint(place: StorePlace): Promise<Mark | undefined> {
  const mark = parseMark((await place.files.readText(place.mark)) ?? "");
  return mark !== undefined && versionNumber(versionFile(mark.version)) === mark.version ? mark : undefined;
}

async function openProven(place: StorePlace, version: number, identity: Secret): Promise<Found | undefined> {
  try {
    return { content: await openVersion(place, version, identity, storeKeys(identity)), proven: true };
  } catch {
    return undefined;
  }
}

async function openUnproven(place: StorePlace, version: number, key: Secret): Promise<Found | undefined> {
  const bytes = await place.files.readBytes(versionPath(place, version));
  const plain = bytes === undefined ? undefined : await unseal(bytes, key);
  const content = plain !== undefined && "text" in plain ? decodeUnproven(plain.text) : undefined;
  if (content?.version !== version) return undefined;
  const recipients = { ...content.recipients, recovery: await recipientOf(key) };
  return { content: { ...content, recipients }, proven: false };
}

async function replaceIdentity(place: StorePlace, at: string): Promise<Secret> {
  const path = identityPath(place);
  const aside = `${path}.aside-${at.replaceAll(/[^0-9TZ]/g, "")}`;
  if ((await place.files.stat(path)) !== undefined) await place.files.rename(path, aside);
  return makeIdentity(place);
}

async function hashesBefore(place: StorePlace, version: number): Promise<(string | null)[]> {
  const hashes = new Array<string | null>(version - 1).fill(null);
  for (const earlier of await versionsPresent(place)) {
    const bytes = await place.files.readBytes(versionPath(place, earlier));
    if (bytes !== undefined && earlier < version) hashes[earlier - 1] = sha256(bytes);
  }
  return hashes;
}
