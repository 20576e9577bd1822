import type { Rotation } from "../../plan/rotate/types.ts";
import { appendAudit } from "../audit/audit-log.ts";
import { currentSecrets } from "./current-secrets.ts";
import type { Rotating } from "./rotating.ts";

/** A line for each name, once: its id is the rotation's. */
export async function auditRotation(
  rotating: Rotating,
  { id, names, who, cause }: Rotation,
  result: NonNullable<Rotation["result"]>,
): Promise<void> {
  const { host, project } = rotating;
  const { keys, secrets } = await currentSecrets(rotating);
  const at = new Date(host.clock.now()).toISOString();
  const entries = names.map(({ name, from }) => ({
    ...{ at, who, what: `rotated (${cause})`, secret: name, result },
    ...{ version: secrets[name]?.versions[0].n ?? from, id: `rotation ${id} ${name}` },
  }));
  await appendAudit(host, project, keys, entries);
}
