import type { Secret } from "../../core/secret.ts";

const load = () => import("age-encryption");

/** The data key of a SOPS file, from the armored age file of one recipient; undefined when this identity does not open it. */
export async function openDataKey(armored: string, identity: Secret): Promise<Uint8Array | undefined> {
  const { armor, Decrypter } = await load();
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.reveal());
    return await decrypter.decrypt(armor.decode(armored), "uint8array");
  } catch {
    // The library's errors quote what they were given.
    return undefined;
  }
}

/** The armored age file that lets one recipient ("age1…") have the data key. */
export async function sealDataKey(key: Uint8Array, recipient: string): Promise<string> {
  const { armor, Encrypter } = await load();
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(key));
}
