import { AGENT, type Config, type SecretConfig, type SecretKind } from "../config/config.ts";
import { type Secrets, sameForm } from "./secrets.ts";
import { databaseSecret } from "./secrets-database.ts";

/** A value that the agent is to make. */
export type ToMake = { name: string; bytes: number } & (
  | { kind: "generated" | "pepper" | "superuser" }
  | { kind: "database"; role: string }
);

export type EnsurePlan = {
  make: readonly ToMake[];
  /** Would be made, but there is data that may depend on a value which the store does not know. */
  unknown: readonly string[];
  /** External and not optional: only a person has them. */
  missing: readonly string[];
  /** Stored in a form that the kind in soloflow.toml cannot have. */
  otherKind: readonly { name: string; stored: SecretKind; wanted: SecretKind }[];
};

export const DEFAULT_BYTES = 32;

/** What has to happen before every secret of soloflow.toml has a value. */
export function planEnsure(config: Config, secrets: Secrets, dataExists: boolean): EnsurePlan {
  const make: ToMake[] = [];
  const unknown: string[] = [];
  const missing: string[] = [];
  const otherKind: { name: string; stored: SecretKind; wanted: SecretKind }[] = [];
  for (const [name, secret] of Object.entries(config.secret)) {
    const stored = secrets[name];
    const bytes = secret.length ?? DEFAULT_BYTES;
    if (stored !== undefined) {
      if (!sameForm(stored.kind, secret.kind))
        otherKind.push({ name, stored: stored.kind, wanted: secret.kind });
    } else if (secret.kind === "external") {
      if (secret.optional !== true) missing.push(name);
    } else if (dataExists && !isOfAgent(secret)) {
      unknown.push(name);
    } else if (secret.kind === "database") {
      make.push({ name, bytes, kind: "database", role: databaseSecret(config, name, secret).roles[0] });
    } else {
      make.push({ name, bytes, kind: secret.kind });
    }
  }
  return { make, unknown, missing, otherKind };
}

/** No data was ever made with what no service reads: the key that signs alerts. */
function isOfAgent({ kind, for: readers }: SecretConfig): boolean {
  return kind === "generated" && readers.every((reader) => reader === AGENT);
}

/** What only a person can put right: one message a cause, with every name, and the command that does it. */
export function ensureFaults({
  unknown,
  missing,
  otherKind,
}: EnsurePlan): { message: string; hint: string }[] {
  const faults = otherKind.map(({ name, stored, wanted }) => ({
    message: `${name} is stored as ${stored}, soloflow.toml says kind = "${wanted}"`,
    hint: `write kind = "${stored}", or give the new one another name`,
  }));
  if (unknown.length > 0) {
    faults.push({
      message: `there is data already, made with values that the store does not know: ${unknown.join(", ")}`,
      hint:
        "take the values in use: soloflow-agent secrets import .env.docker (or: secrets set NAME); " +
        "a name that nothing depends on yet: secrets set NAME --generate",
    });
  }
  if (missing.length > 0) {
    faults.push({
      message: `no value for ${missing.join(", ")}`,
      hint: "soloflow-agent secrets set NAME, or optional = true in soloflow.toml",
    });
  }
  return faults;
}
