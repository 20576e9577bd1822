import { SoloflowError } from "../core/errors.ts";

/** A string literal; safe whatever standard_conforming_strings says, because a backslash makes it an E'' one. */
export function sqlLiteral(text: string): string {
  refuseNul(text);
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return quoted.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** PostgreSQL cuts longer names off silently. */
const MAX_NAME_BYTES = 63;

/** Checks a role's or database's name; SoloflowError "config" when PostgreSQL could not keep it as it is. */
export function sqlName(name: string): string {
  if (name === "" || /\p{Cc}/u.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new SoloflowError("config", `${JSON.stringify(name)} cannot name a role or database`, {
      hint: `PostgreSQL's names have 1 to ${MAX_NAME_BYTES} bytes and no control characters`,
    });
  }
  return sqlLiteral(name);
}

function refuseNul(text: string): void {
  if (text.includes("\0")) throw new SoloflowError("config", "PostgreSQL has no NUL character in texts");
}
