import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { SoloflowError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";

/** PostgreSQL's own default (scram_iterations), and the least that RFC 7677 allows. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL keeps instead of a password, "SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY" (RFC 5803), so that
 * the password itself is never sent to it. `salt` is base64; the same salt gives the same verifier.
 * SoloflowError "scram" for a password with other than printable ASCII: those SASLprep leaves as they are.
 */
export function scramVerifier(password: Secret, salt: string, iterations = ITERATIONS): string {
  if (!/^[\x20-\x7e]+$/.test(password.reveal())) {
    throw new SoloflowError("scram", "a database password has a character that is not printable ASCII", {
      hint: "give the role a password of letters and digits, then import it",
    });
  }
  const salted = pbkdf2Sync(password.reveal(), Buffer.from(salt, "base64"), iterations, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt}$${storedKey}:${serverKey}`;
}
