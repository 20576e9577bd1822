import { newKeyPair, recipientOf } from "./age.ts";
import { readIdentities, writeIdentities } from "./identity.ts";
import { writeMark } from "./mark.ts";
import { type OpenStore, readStore } from "./read-store.ts";
import { missingIdentity } from "./store-errors.ts";
import { identityPath, type StorePlace } from "./store-place.ts";
import { commitVersion, stageVersion } from "./write-store.ts";

/**
 * Seals the current content, as a new version, to a new key of this machine, and to `recovery` where that is given. From then on
 * both keys are there until `forgetFormerKey`; killed anywhere, one of the two opens what is current, and a second call
 * goes on. The project's lock must be held.
 */
export async function rekeyStore(
  place: StorePlace,
  { createdAt, recovery }: { createdAt: string; recovery?: string | undefined },
): Promise<OpenStore> {
  const current = await readStore(place);
  const [first, second] = await readIdentities(place);
  if (current === undefined || first === undefined) throw missingIdentity(identityPath(place));
  const next = second === undefined ? (await newKeyPair()).identity : first;
  if (second === undefined) await writeIdentities(place, [next, first]);
  const { machine, recovery: known } = current.recipients;
  if (machine === (await recipientOf(next)) && (recovery ?? known) === known) return current;
  const { secrets, keys } = current;
  const sealed = { secrets, createdAt, fingerprintKey: keys.fingerprintKey };
  await commitVersion(
    place,
    await stageVersion(place, { ...sealed, ...(recovery === undefined ? {} : { recovery }) }),
  );
  return (await readStore(place)) ?? current;
}

/** From here on only the new key is there; what the old one has sealed of the current version is sealed anew first. */
export async function forgetFormerKey(place: StorePlace): Promise<void> {
  const [first, second] = await readIdentities(place);
  const current = await readStore(place);
  if (first === undefined || second === undefined || current === undefined) return;
  await writeMark(place, current.keys, current);
  await writeIdentities(place, [first]);
}
