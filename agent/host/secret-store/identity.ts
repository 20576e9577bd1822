import { Secret } from "../../core/secret.ts";
import { newKeyPair } from "./age.ts";
import { wrongIdentity } from "./store-errors.ts";
import { identityPath, type StorePlace } from "./store-place.ts";

const KEY = "AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}";
const FORM = new RegExp(`^(${KEY})\\n$`);
/** Two while the key is exchanged for another: the new one first. */
const FILE = new RegExp(`^(?:${KEY}\\n){1,2}$`);

/**
 * The machine's key, or both while it is exchanged: the one that new versions are sealed to comes first. Empty when there is
 * none. A file of another form is refused, not guessed at.
 */
export async function readIdentities(place: StorePlace): Promise<Secret[]> {
  const text = await place.files.readText(identityPath(place));
  if (text === undefined) return [];
  if (!FILE.test(text)) throw wrongIdentity(identityPath(place), "is not one line with an age identity");
  return text
    .trim()
    .split("\n")
    .map((line) => new Secret(line));
}

/** The one that new versions are sealed to; undefined when there is none. Errors: as `readIdentities`. */
export async function readIdentity(place: StorePlace): Promise<Secret | undefined> {
  return (await readIdentities(place))[0];
}

/** Puts these in the place of what is there: one, or two while the key is exchanged. */
export async function writeIdentities(
  place: StorePlace,
  identities: readonly [Secret, Secret?],
): Promise<void> {
  const lines = identities.map((identity) => (identity === undefined ? "" : `${identity.reveal()}\n`));
  await place.files.writeAtomic(identityPath(place), lines.join(""), { mode: 0o600 });
}

/** Makes the machine's key: 0600, never over one that is there. */
export async function makeIdentity(place: StorePlace): Promise<Secret> {
  const { identity } = await newKeyPair();
  await place.files.writeAtomic(identityPath(place), `${identity.reveal()}\n`, {
    mode: 0o600,
    exclusive: true,
  });
  return identity;
}

/** What a person types or pastes as recovery key; undefined when it has not the form of one. */
export function parseIdentity(text: string): Secret | undefined {
  const identity = FORM.exec(`${text.trim().toUpperCase()}\n`)?.[1];
  return identity === undefined ? undefined : new Secret(identity);
}
