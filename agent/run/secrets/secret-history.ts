import type { SecretKind } from "../../config/config.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { openByAny, readStore } from "../../host/secret-store/read-store.ts";
import { type StorePlace, versionsPresent } from "../../host/secret-store/store-place.ts";
import { issuing, parseSecrets, type Secrets } from "../../plan/secrets.ts";
import type { Project } from "../project.ts";
import { storePlace } from "./open-secrets.ts";

/** What one version of the store changed. Never a value. */
export type SecretChange = {
  /** Of the store. */
  version: number;
  /** ISO time. */
  createdAt: string;
  secret: string;
  kind: SecretKind;
  /** Number of the value that issues from here on, and of all that are accepted; none: it was taken out. */
  issues: number | undefined;
  accepts: readonly number[];
};

/**
 * Every change of the secrets' values, oldest first, as far back as the store's files go. Errors: those of `readStore` and
 * `openByAny`.
 */
export async function secretHistory(
  host: Pick<Host, "files">,
  project: Pick<Project, "paths">,
): Promise<SecretChange[]> {
  const place = storePlace(host, project);
  const changes: SecretChange[] = [];
  let before: Secrets = {};
  for (const { version, createdAt, secrets } of await committed(place)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(secrets)])].sort();
    for (const name of names) {
      if (textOf(before, name) === textOf(secrets, name)) continue;
      changes.push({ version, createdAt, secret: name, ...numbersOf(before, secrets, name) });
    }
    before = secrets;
  }
  return changes;
}

/** Those that this machine's key opens: of what was sealed to a key before it only the recovery key can tell. */
async function committed(place: StorePlace) {
  const current = await readStore(place);
  if (current === undefined) return [];
  const numbers = (await versionsPresent(place)).filter((version) => version <= current.version);
  const opened = [];
  for (const number of numbers) {
    const version = await openByAny(place, number).catch(sealedBefore);
    if (version !== undefined) opened.push({ ...version, secrets: parseSecrets(version.secrets) });
  }
  return opened;
}

function sealedBefore(thrown: unknown): undefined {
  if (thrown instanceof SoloflowError && thrown.code === "secrets-identity") return undefined;
  throw thrown;
}

function textOf(secrets: Secrets, name: string): string | undefined {
  return JSON.stringify(secrets[name]?.versions);
}

function numbersOf(before: Secrets, after: Secrets, name: string) {
  const stored = after[name];
  const kind = (stored ?? before[name])?.kind ?? "external";
  return {
    kind,
    issues: stored === undefined ? undefined : issuing(stored).n,
    accepts: stored?.versions.map(({ n }) => n) ?? [],
  };
}
