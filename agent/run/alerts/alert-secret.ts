import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import type { Project } from "../project.ts";
import { openSecrets } from "../secrets/open-secrets.ts";

/** Where the value of a name comes from; undefined where there is none. May throw what the store does. */
export type SecretReader = (name: string) => Promise<Secret | undefined>;

/**
 * Reads one value for one sending: nothing of the store is kept. Of a secret with several accepted values it is the
 * one that issues; a database's login is nothing to send by.
 */
export function secretReader(host: Pick<Host, "files">, project: Pick<Project, "paths">): SecretReader {
  return async (name) => {
    const stored = (await openSecrets(host, project))?.secrets[name];
    if (stored === undefined) return undefined;
    const { value } = stored.versions[0];
    return typeof value === "string" ? new Secret(value) : undefined;
  };
}
