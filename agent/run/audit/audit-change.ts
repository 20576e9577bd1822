import { reason } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { issuing } from "../../plan/secrets.ts";
import type { Project } from "../project.ts";
import { openSecrets } from "../secrets/open-secrets.ts";
import { appendAudit } from "./audit-log.ts";

/** What a person has done to secrets: "set", "imported", "generated", … */
export type SecretDeed = {
  what: string;
  /** "*" stands for the store as a whole, and its version. */
  names: readonly string[];
  who: string;
};

/**
 * A line for each name. The project's lock must be held. What was done is done: that it cannot be written down is only
 * warned of.
 */
export async function auditChange(
  host: Pick<Host, "files" | "clock">,
  project: Pick<Project, "paths">,
  { what, names, who }: SecretDeed,
  progress: Progress,
): Promise<void> {
  if (names.length === 0) return;
  try {
    const opened = await openSecrets(host, project);
    if (opened === undefined) return;
    const at = new Date(host.clock.now()).toISOString();
    const entries = names.map((secret) => {
      const stored = opened.secrets[secret];
      const version = stored === undefined ? opened.version : issuing(stored).n;
      return { at, who, what, secret, version, result: "stored", id: `${what} ${secret} at ${at}` };
    });
    await appendAudit(host, project, opened.keys, entries);
  } catch (thrown) {
    progress.warn(`it is not in the audit log: ${reason(thrown)}`);
  }
}
