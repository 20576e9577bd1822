import { join } from "node:path";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { parseIdentity } from "../../host/secret-store/identity.ts";
import { randomKey } from "../../host/secret-store/random-value.ts";
import { openDataKey, sealDataKey } from "../../host/secret-store/sops-key.ts";
import { openSops, sealSops } from "../../plan/sops/sops.ts";
import { type SopsDocument, type SopsFormat, writeSops } from "../../plan/sops/sops-document.ts";

/** AES-256's key, and the IV that SOPS takes. */
const BYTES = 32;

/**
 * The values of a SOPS file for age. The identity is taken from where SOPS takes it (SOPS_AGE_KEY_FILE, or its own default
 * place), else `ask` is called once. Errors: SoloflowError "secrets-sops" (exit 2) without a key that opens it, and for
 * a file that was changed.
 */
export async function readSopsFile(
  host: Pick<Host, "files" | "env">,
  document: SopsDocument,
  file: string,
  ask: () => Promise<Secret | undefined>,
): Promise<{ name: string; value: string }[]> {
  const key = await dataKey(document, await knownIdentities(host), ask);
  if (key === undefined) {
    const recipients = document.age.map(({ recipient }) => recipient).join(", ");
    throw refused(
      `no key at hand opens ${file}; it is sealed to ${recipients === "" ? "no age recipient" : recipients}`,
      "give the age identity at the prompt, or in the file that SOPS_AGE_KEY_FILE names",
    );
  }
  const read = openSops(document, key);
  if ("entries" in read) return read.entries;
  throw refused(`${file} was changed after SOPS wrote it: ${read.damaged}`, "take it from where it is whole");
}

async function dataKey(
  { age }: SopsDocument,
  known: readonly Secret[],
  ask: () => Promise<Secret | undefined>,
): Promise<Uint8Array | undefined> {
  const tryAll = async (identities: readonly Secret[]) => {
    for (const identity of identities)
      for (const { enc } of age) {
        const key = await openDataKey(enc, identity);
        if (key?.length === BYTES) return key;
      }
    return undefined;
  };
  const found = await tryAll(known);
  if (found !== undefined || age.length === 0) return found;
  const asked = await ask();
  return asked === undefined ? undefined : tryAll([asked]);
}

async function knownIdentities({ files, env }: Pick<Host, "files" | "env">): Promise<Secret[]> {
  const home = env.XDG_CONFIG_HOME ?? join(env.HOME ?? "/", ".config");
  const text = await files.readText(env.SOPS_AGE_KEY_FILE ?? join(home, "sops", "age", "keys.txt"));
  return (text ?? "").split("\n").flatMap((line) => parseIdentity(line) ?? []);
}

/** The values as a SOPS file that each of the recipients ("age1…") opens. */
export async function sopsText(
  host: Pick<Host, "clock">,
  entries: readonly { name: string; value: string }[],
  { recipients, format }: { recipients: readonly string[]; format: SopsFormat },
): Promise<Secret> {
  const key = randomKey(BYTES);
  const seals = await Promise.all(
    recipients.map(async (recipient) => ({ recipient, enc: await sealFor(key, recipient) })),
  );
  const at = `${new Date(host.clock.now()).toISOString().slice(0, 19)}Z`;
  return new Secret(writeSops(sealSops(entries, { key, seals, at, iv: () => randomKey(BYTES) }), format));
}

async function sealFor(key: Uint8Array, recipient: string): Promise<string> {
  try {
    return await sealDataKey(key, recipient);
  } catch {
    throw refused(`${recipient} is no age recipient`, "it begins with age1; age-keygen -y KEYFILE prints it");
  }
}

function refused(message: string, hint: string): SoloflowError {
  return new SoloflowError("secrets-sops", message, { hint, exitCode: EXIT.usage });
}
