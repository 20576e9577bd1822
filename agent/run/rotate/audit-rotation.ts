import { reason } from "../../core/errors.ts";
import { soaks } from "../../plan/rotate/rotated-name.ts";
import type { Rotation } from "../../plan/rotate/types.ts";
import { appendAudit } from "../audit/audit-log.ts";
import { currentSecrets } from "./current-secrets.ts";
import type { Rotating } from "./rotating.ts";

/** "in use" from SOAK on; all others are how it has ended. */
type Result = "in use" | NonNullable<Rotation["result"]>;

/** A line for each name, once for each result: its id has the rotation's number and beginning. */
export async function auditRotation(
  rotating: Rotating,
  { id, startedAt, names, who, cause }: Rotation,
  result: Result,
): Promise<void> {
  const { host, project } = rotating;
  const { keys, secrets } = await currentSecrets(rotating);
  const at = new Date(host.clock.now()).toISOString();
  const rotation = `rotation ${id} of ${new Date(startedAt).toISOString()}`;
  const entries = names.map(({ name, from }) => ({
    ...{ at, who, what: `rotated (${cause})`, secret: name, result },
    ...{ version: secrets[name]?.versions[0].n ?? from, id: `${rotation}: ${name} ${result}` },
  }));
  await appendAudit(host, project, keys, entries);
}

/** That new values are in use, a day or weeks before their rotation ends. In use they are also without a line. */
export async function auditUse(rotating: Rotating, rotation: Rotation): Promise<void> {
  // Where nothing soaks the line of its end follows at once.
  if (!rotation.names.some(soaks)) return;
  if (rotation.cured || rotation.soakUntil !== undefined || rotation.cause === "compromised") return;
  await auditRotation(rotating, rotation, "in use").catch((thrown) =>
    rotating.progress.warn(`it is not in the audit log that the new values are in use: ${reason(thrown)}`),
  );
}
