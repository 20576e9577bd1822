import type { Config } from "../../config/config.ts";
import { databaseSecret } from "../secrets-database.ts";
import type { ToMake } from "../secrets-ensure.ts";
import { DEFAULT_BYTES } from "../secrets-ensure.ts";
import type { RotatedName, SecretState } from "./types.ts";

/** The new value that the agent makes; undefined for an external one. */
export function toMake(config: Config, { name, kind }: RotatedName, state: SecretState): ToMake | undefined {
  const bytes = config.secret[name]?.length ?? DEFAULT_BYTES;
  if (kind === "external") return undefined;
  if (kind === "database") return { name, bytes, kind, role: nextRole(config, state) };
  return { name, bytes, kind };
}

/** The role whose turn it is: the other one; the first after a login that is none of the two. */
export function nextRole(config: Config, { name, versions }: SecretState): string {
  const secret = config.secret[name] ?? { kind: "database", for: [] };
  const [first, second] = databaseSecret(config, name, secret).roles;
  return versions[0]?.role === first ? second : first;
}
