import { join } from "node:path";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { recipientOf } from "../../host/secret-store/age.ts";
import { readStore } from "../../host/secret-store/read-store.ts";
import { type StoreReport, tryRecoveryKey, verifyStore } from "../../host/secret-store/verify-store.ts";
import type { Project } from "../project.ts";
import { storePlace } from "./open-secrets.ts";

type Place = Pick<Project, "paths">;

/** When the recovery key of today's store was last seen to open it; undefined: never. ISO time. */
export type RecoveryDrill = { provenAt: string | undefined };

const drillFile = ({ paths }: Place): string => join(paths.state, "recovery-drill.json");

/** Everything that can be known without the recovery key. Errors: those of `readStore`. */
export async function verifySecrets(
  host: Pick<Host, "files">,
  project: Place,
): Promise<StoreReport & RecoveryDrill> {
  return { ...(await verifyStore(storePlace(host, project))), ...(await recoveryDrill(host, project)) };
}

/**
 * Tries the recovery key on the current version, and writes down that it opened it: a key that nobody ever tried is
 * a hope. Errors: SoloflowError "secrets-recovery" (exit 2) for a key that is not this store's.
 */
export async function drillRecovery(
  host: Pick<Host, "files" | "clock">,
  project: Place,
  key: Secret,
): Promise<void> {
  const place = storePlace(host, project);
  const current = await readStore(place);
  if (current === undefined) throw refused("nothing is stored yet", "the first deploy makes the store");
  const recipient = await recipientOf(key);
  const verdict = await tryRecoveryKey(place, current, key);
  if (verdict !== "opens" || recipient !== current.recipients.recovery) {
    throw refused(
      "this key is not the recovery key of this store",
      "it was shown when the first secret was stored; where it is lost: soloflow-agent secrets rekey --recovery",
    );
  }
  const provenAt = new Date(host.clock.now()).toISOString();
  await host.files.writeAtomic(drillFile(project), `${JSON.stringify({ schema: 1, recipient, provenAt })}\n`);
}

/** Only of the key that the store has now: one that was exchanged has to be tried anew. */
export async function recoveryDrill(host: Pick<Host, "files">, project: Place): Promise<RecoveryDrill> {
  const current = await readStore(storePlace(host, project));
  const text = await host.files.readText(drillFile(project));
  if (text === undefined || current === undefined) return { provenAt: undefined };
  try {
    const { recipient, provenAt } = JSON.parse(text) as { recipient?: unknown; provenAt?: unknown };
    const isThis = recipient === current.recipients.recovery && typeof provenAt === "string";
    return { provenAt: isThis ? provenAt : undefined };
  } catch {
    return { provenAt: undefined };
  }
}

function refused(message: string, hint: string): SoloflowError {
  return new SoloflowError("secrets-recovery", message, { hint, exitCode: EXIT.usage });
}
