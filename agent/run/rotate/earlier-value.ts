import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { withVersions } from "../../plan/rotate/versions.ts";
import type { Secrets, StoredSecret } from "../../plan/secrets.ts";
import type { Project } from "../project.ts";
import { openSecretsOf } from "../secrets/open-secrets.ts";

/**
 * The value that issued before the current one, from the newest version of the store that still has it.
 * Errors: SoloflowError "secrets-value" (exit 2) where there is none, or none that its apps could be given.
 */
export async function earlierValue(
  host: Pick<Host, "files" | "clock">,
  project: Pick<Project, "paths" | "config">,
  name: string,
  { secrets, version }: { secrets: Secrets; version: number },
): Promise<StoredSecret> {
  const now = secrets[name];
  for (let earlier = version - 1; earlier > 0; earlier -= 1) {
    const opened = await openSecretsOf(host, project, earlier).catch(() => undefined);
    const stored = opened?.secrets[name];
    if (stored === undefined || stored.kind !== now?.kind) continue;
    const createdAt = new Date(host.clock.now()).toISOString();
    const found = withVersions(stored, ([first]) => (first === undefined ? [] : [{ ...first, createdAt }]));
    if (JSON.stringify(issued(found)) !== JSON.stringify(issued(now))) return listable(project, name, found);
  }
  throw new SoloflowError("secrets-value", `${name} has no earlier value in the store`, {
    hint: `soloflow-agent rotate-secrets ${name} gives it a new one`,
    exitCode: EXIT.usage,
  });
}

/** It comes back under another number, which only a list can say. */
function listable({ config }: Pick<Project, "config">, name: string, found: StoredSecret): StoredSecret {
  const isListed =
    (found.kind === "generated" || found.kind === "pepper") && config.secret[name]?.accepts !== 1;
  if (!isListed || !found.versions[0].value.includes(",")) return found;
  throw new SoloflowError("secrets-value", `the earlier ${name} has a comma in it, which no list can hold`, {
    hint: `soloflow-agent rotate-secrets ${name} gives it a new one`,
    exitCode: EXIT.usage,
  });
}

function issued(stored: StoredSecret): unknown {
  return stored.versions[0].value;
}
