import { SoloflowError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { findNewest, recoverStore } from "../../host/secret-store/recover-store.ts";
import { parseSecrets } from "../../plan/secrets.ts";
import { setAuditAside } from "../audit/audit-log.ts";
import type { Project } from "../project.ts";
import { storePlace } from "./open-secrets.ts";

/** What could be taken over from a damaged store, before anything is changed. */
export type Recoverable = {
  version: number;
  createdAt: string;
  names: readonly string[];
  /**
   * Makes it the current version; the project's lock must be held. Gives the new number, and where the audit log of a key
   * that is gone lies now.
   */
  take(): Promise<{ version: number; logAside: string | undefined }>;
};

/**
 * The newest version that opens with the machine's identity or the recovery key.
 * Errors: SoloflowError "secrets-recover" when none does.
 */
export async function recoverable(
  host: Pick<Host, "files" | "clock">,
  project: Pick<Project, "paths">,
  recoveryKey: Secret | undefined,
): Promise<Recoverable> {
  const place = storePlace(host, project);
  const found = await findNewest(place, recoveryKey);
  if (found === undefined) {
    const key = recoveryKey === undefined ? "this machine's identity" : "the recovery key";
    throw new SoloflowError("secrets-recover", `no version in ${place.folder} opens with ${key}`, {
      hint:
        `put the folder back from a backup; without one, move it and ${place.mark} away and give the values in ` +
        "use again: soloflow-agent secrets import FILE",
    });
  }
  const { version, createdAt, secrets } = found.content;
  return {
    version,
    createdAt,
    names: Object.keys(parseSecrets(secrets)),
    take: async () => {
      const at = new Date(host.clock.now()).toISOString();
      const { version, keys } = await recoverStore(place, found, at);
      return { version, logAside: await setAuditAside(host, project, keys, at) };
    },
  };
}
