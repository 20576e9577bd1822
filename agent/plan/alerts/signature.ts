import { hmacSha256 } from "../../core/canonical.ts";
import type { Secret } from "../../core/secret.ts";

/**
 * The headers by which a receiver knows who sent a body and when. The signature is HMAC-SHA256 with the key over the
 * timestamp (whole seconds since the epoch, of this very try), a full stop and the body as it is, in hexadecimal; a
 * receiver refuses a timestamp that is more than five minutes off, so that what was once overheard cannot be sent
 * again. "v1=" names the method: another one would stand beside it after a comma.
 */
export function signatureHeaders(key: Secret, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const digest = hmacSha256(key.reveal(), `${timestamp}.${body}`);
  return { "Soloflow-Timestamp": timestamp, "Soloflow-Signature": `v1=${digest}` };
}
