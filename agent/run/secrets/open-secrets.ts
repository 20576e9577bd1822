import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import { openByAny, readStore } from "../../host/secret-store/read-store.ts";
import type { StoreKeys } from "../../host/secret-store/store-keys.ts";
import type { StorePlace } from "../../host/secret-store/store-place.ts";
import { parseSecrets, type Secrets } from "../../plan/secrets.ts";
import type { Project } from "../project.ts";

/** The current version of the store, decrypted: for short-lived processes only, strings cannot be wiped. */
export type OpenSecrets = { version: number; secrets: Secrets; keys: StoreKeys };

export function storePlace(host: Pick<Host, "files">, project: Pick<Project, "paths">): StorePlace {
  return {
    files: host.files,
    folder: project.paths.secrets,
    mark: join(project.paths.state, "secrets.mark"),
  };
}

/** undefined before the first secret was stored. Errors: those of readStore and parseSecrets. */
export async function openSecrets(
  host: Pick<Host, "files">,
  project: Pick<Project, "paths">,
): Promise<OpenSecrets | undefined> {
  const opened = await readStore(storePlace(host, project));
  if (opened === undefined) return undefined;
  return { version: opened.version, secrets: parseSecrets(opened.secrets), keys: opened.keys };
}

/** One version, current or not: what runs may have been given an older one. Errors: as `openSecrets`. */
export async function openSecretsOf(
  host: Pick<Host, "files">,
  project: Pick<Project, "paths">,
  version: number,
): Promise<OpenSecrets & { file: string }> {
  const { keys, file, secrets } = await openByAny(storePlace(host, project), version);
  return { version, keys, file, secrets: parseSecrets(secrets) };
}
