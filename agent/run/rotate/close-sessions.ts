import type { RotatedName } from "../../plan/rotate/types.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { databaseSecret } from "../../plan/secrets-database.ts";
import { endSessions } from "../database/sessions.ts";
import type { Rotating } from "./rotating.ts";
import { servers } from "./set-roles.ts";

/** Cuts off whoever is still logged in as a role that may not log in any more. */
export async function closeSessions(
  rotating: Rotating,
  names: readonly RotatedName[],
  secrets: Secrets,
): Promise<void> {
  const { config } = rotating.project;
  const found = await servers(rotating);
  for (const { name } of names) {
    const [stored, secret] = [secrets[name], config.secret[name]];
    if (stored?.kind !== "database" || secret === undefined) continue;
    const { service, roles } = databaseSecret(config, name, secret);
    const server = found[service];
    const accepted = stored.versions.map(({ value }) => value.role);
    const closed = roles.filter((role) => !accepted.includes(role));
    if (server !== undefined) for (const role of closed) await endSessions(server, role);
  }
}
