import { isDeepStrictEqual } from "node:util";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { newKeyPair } from "../../host/secret-store/age.ts";
import { forgetFormerKey, rekeyStore } from "../../host/secret-store/rekey-store.ts";
import { resealAudit } from "../audit/audit-log.ts";
import type { Project } from "../project.ts";
import { showRecoveryKey } from "./commit-secrets.ts";
import { deliveredContent } from "./delivered-content.ts";
import { type DeliveryRecord, readDeliveries, recordDeliveries } from "./delivery-record.ts";
import { openSecrets, openSecretsOf, storePlace } from "./open-secrets.ts";

type RekeyHost = Pick<Host, "files" | "clock">;

/**
 * Seals the secrets to a new key of this machine; with `recovery` to a new recovery key as well, which is shown before
 * anything is committed. Killed anywhere, the secrets open, and the next call finishes. The project's lock must be held.
 * Gives the store's new version. Errors: SoloflowError "secrets-rekey" (exit 2) while a service still has earlier values.
 */
export async function rekeySecrets(
  host: RekeyHost,
  project: Pick<Project, "paths">,
  { recovery, progress }: { recovery: boolean; progress: Progress },
): Promise<number> {
  const place = storePlace(host, project);
  const deliveries = await readDeliveries(host, project);
  await refuseEarlierValues(host, project, deliveries);
  const key = recovery ? await newKeyPair() : undefined;
  if (key !== undefined) showRecoveryKey(key.identity, project, progress);
  const createdAt = new Date(host.clock.now()).toISOString();
  const { version, keys } = await rekeyStore(place, { createdAt, recovery: key?.recipient });
  // What a reboot writes again must not need a version which nothing here can open any more.
  const moved = deliveries.map((delivery) => ({ ...delivery, version }));
  await recordDeliveries(host, project, moved);
  await resealAudit(host, project, keys);
  await forgetFormerKey(place);
  return version;
}

async function refuseEarlierValues(
  host: RekeyHost,
  project: Pick<Project, "paths">,
  deliveries: readonly DeliveryRecord[],
): Promise<void> {
  const current = await openSecrets(host, project);
  if (current === undefined) throw refused("nothing is stored yet", "the first deploy makes the store");
  for (const delivery of deliveries) {
    const { secrets: given } = await openSecretsOf(host, project, delivery.version);
    const [before, now] = [given, current.secrets].map((secrets) => deliveredContent(delivery, secrets));
    if (isDeepStrictEqual(before, now)) continue;
    throw refused(
      `${delivery.service} still runs with earlier values`,
      "soloflow-agent deploy, then: soloflow-agent secrets rekey",
    );
  }
}

function refused(message: string, hint: string): SoloflowError {
  return new SoloflowError("secrets-rekey", message, { hint, exitCode: EXIT.usage });
}
