import type { Progress } from "../../core/progress.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { newKeyPair } from "../../host/secret-store/age.ts";
import { readStore } from "../../host/secret-store/read-store.ts";
import { commitVersion, stageVersion } from "../../host/secret-store/write-store.ts";
import type { Secrets } from "../../plan/secrets.ts";
import type { Project } from "../project.ts";
import { storePlace } from "./open-secrets.ts";

/**
 * Makes these the secrets, as a new version of the store, and gives its number. The project's lock must be held.
 * The first version comes with the recovery key, which is shown before the commit: a kill in between costs a key
 * that opens nothing, never a store whose key nobody saw.
 */
export async function commitSecrets(
  host: Pick<Host, "files" | "clock">,
  project: Pick<Project, "paths">,
  secrets: Secrets,
  progress: Progress,
): Promise<number> {
  const place = storePlace(host, project);
  const first = (await readStore(place)) === undefined;
  const recovery = first ? await newKeyPair() : undefined;
  const staged = await stageVersion(place, {
    secrets,
    createdAt: new Date(host.clock.now()).toISOString(),
    ...(recovery === undefined ? {} : { recovery: recovery.recipient }),
  });
  if (recovery !== undefined) showRecoveryKey(recovery.identity, project, progress);
  await commitVersion(place, staged);
  return staged.version;
}

/** Through `progress`, this once; it stands nowhere else. */
export function showRecoveryKey(key: Secret, project: Pick<Project, "paths">, progress: Progress): void {
  progress.say(
    [
      "",
      "The recovery key of the secrets. It is shown this once and is not kept on this machine; keep it elsewhere,",
      `together with backups of ${project.paths.secrets}.`,
      "",
      `    ${key.reveal()}`,
      "",
      "Should this machine lose its own key, it opens the secrets again: soloflow-agent secrets recover",
      "",
    ].join("\n"),
  );
}
