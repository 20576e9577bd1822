import { Secret } from "../../core/secret.ts";
import { newKeyPair } from "./age.ts";
import { wrongIdentity } from "./store-errors.ts";
import { identityPath, type StorePlace } from "./store-place.ts";

const FORM = /^(AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58})\n$/;

/** The machine's key; undefined when there is none. A file of another form is refused, not guessed at. */
export async function readIdentity(place: StorePlace): Promise<Secret | undefined> {
  const text = await place.files.readText(identityPath(place));
  if (text === undefined) return undefined;
  const identity = FORM.exec(text)?.[1];
  if (identity === undefined)
    throw wrongIdentity(identityPath(place), "is not one line with an age identity");
  return new Secret(identity);
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
