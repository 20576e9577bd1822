import type { SecretKind } from "../../config/config.ts";
import type { Host } from "../../host/host.ts";
import { issuing, type StoredSecret } from "../../plan/secrets.ts";
import { deliveredText } from "../../plan/secrets-deliver.ts";
import type { Project } from "../project.ts";
import { openSecrets } from "./open-secrets.ts";

/** What may be known about one secret; never its value. */
export type SecretState = {
  name: string;
  kind: SecretKind;
  /** Services that get it; none for one that soloflow.toml does not know. */
  for: readonly string[];
  known: boolean;
  optional: boolean;
  /** Undefined while it has no value. */
  stored?: {
    /** Of the value that issues, and of all that are accepted. */
    version: number;
    accepted: readonly number[];
    /** ISO time of the value that issues. */
    createdAt: string;
    fingerprint: string;
  };
};

export type SecretsState = {
  /** Number of the store's version; undefined before the first. */
  storeVersion: number | undefined;
  /** Those of soloflow.toml in its order, then what else is stored. */
  secrets: readonly SecretState[];
};

export async function secretsState(host: Pick<Host, "files">, project: Project): Promise<SecretsState> {
  const opened = await openSecrets(host, project);
  const { config } = project;
  const storedState = (name: string, stored: StoredSecret | undefined): Pick<SecretState, "stored"> => {
    if (stored === undefined || opened === undefined) return {};
    const { n: version, createdAt } = issuing(stored);
    const accepted = stored.versions.map(({ n }) => n);
    const fingerprint = opened.keys.fingerprint(name, deliveredText(config, name, stored));
    return { stored: { version, accepted, createdAt, fingerprint } };
  };
  const known = Object.entries(config.secret).map(([name, secret]) => ({
    name,
    kind: secret.kind,
    for: secret.for,
    known: true,
    optional: secret.optional === true,
    ...storedState(name, opened?.secrets[name]),
  }));
  const others = Object.entries(opened?.secrets ?? {}).filter(([name]) => config.secret[name] === undefined);
  const unknown = others.map(([name, stored]) => ({
    name,
    kind: stored.kind,
    for: [],
    known: false,
    optional: false,
    ...storedState(name, stored),
  }));
  return { storeVersion: opened?.version, secrets: [...known, ...unknown] };
}
