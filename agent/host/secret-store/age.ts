import { SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";

/*
 * The age format (age-encryption.org/v1), so that a person who holds a key can open a version with any age tool.
 * The library is loaded by the first call: most commands never need it.
 */

const load = () => import("age-encryption");

export type KeyPair = { identity: Secret; recipient: string };

/** A new X25519 key: "AGE-SECRET-KEY-1…" and its public "age1…". */
export async function newKeyPair(): Promise<KeyPair> {
  const { generateX25519Identity, identityToRecipient } = await load();
  const identity = await generateX25519Identity();
  return { identity: new Secret(identity), recipient: await identityToRecipient(identity) };
}

/** Errors: SoloflowError "secrets-identity" where the text is no X25519 identity. */
export async function recipientOf(identity: Secret): Promise<string> {
  const { identityToRecipient } = await load();
  try {
    return await identityToRecipient(identity.reveal());
  } catch {
    // The library's own error quotes the identity, so it is not passed on as a cause.
    throw new SoloflowError("secrets-identity", "the age identity is mistyped or was changed", {
      hint: "put it back from a backup, or use the recovery key: soloflow-agent secrets recover",
    });
  }
}

/** Each one of the recipients alone can open the result. */
export async function seal(text: string, recipients: readonly string[]): Promise<Uint8Array> {
  const { Encrypter } = await load();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(text);
}

/**
 * "stranger": whole enough to say that this identity is none of its recipients, or it is none at all. "torn": cut
 * short or changed. Nothing that the library throws gets out: it quotes what it was given.
 */
export async function unseal(
  bytes: Uint8Array,
  identity: Secret,
): Promise<{ text: string } | { failure: "stranger" | "torn" }> {
  const { Decrypter } = await load();
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.reveal());
  } catch {
    return { failure: "stranger" };
  }
  try {
    return { text: await decrypter.decrypt(bytes, "text") };
  } catch (thrown) {
    const stranger = thrown instanceof Error && thrown.message.includes("no identity matched");
    return { failure: stranger ? "stranger" : "torn" };
  }
}
