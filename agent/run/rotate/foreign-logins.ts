import type { Secrets } from "../../plan/secrets.ts";
import { databaseSecret } from "../../plan/secrets-database.ts";
import type { Rotating } from "./rotating.ts";

/** Says of logins that were taken over and are given up that they are left: a role of somebody else is not ours to close. */
export function sayForeignLogins(
  { project, progress }: Pick<Rotating, "project" | "progress">,
  before: Secrets,
  after: Secrets,
): void {
  for (const [name, secret] of Object.entries(project.config.secret)) {
    const [old, now] = [before[name], after[name]];
    if (old?.kind !== "database" || now?.kind !== "database") continue;
    const { roles, service } = databaseSecret(project.config, name, secret);
    const known = [...roles, ...now.versions.map(({ value }) => value.role)];
    for (const { value } of old.versions.filter(({ value: { role } }) => !known.includes(role)))
      progress.say(`no app logs in to ${service} as ${value.role} any more; that role is yours to close`);
  }
}
