import { randomBytes } from "node:crypto";
import { Secret } from "../../core/secret.ts";

/** `bytes` random bytes in base64url without padding: 32 give 43 characters, none a comma, colon, quote or "$". */
export function randomValue(bytes: number): Secret {
  return new Secret(randomBytes(bytes).toString("base64url"));
}

/** A salt for a SCRAM verifier: 16 bytes, as PostgreSQL uses, in base64. */
export function randomSalt(): string {
  return randomBytes(16).toString("base64");
}

/** Random bytes for a cipher. */
export function randomKey(bytes: number): Uint8Array {
  return randomBytes(bytes);
}
