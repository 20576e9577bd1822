import { createHmac, timingSafeEqual } from "node:crypto";
import type { VersionedSecret, VersionedSecrets } from "../config/versioned-secrets.ts";

/** `__Secure-` is what Better Auth puts before the names when the address is https. */
const AUTH_COOKIE = /^(__Secure-)?better-auth\./;
/** The length of an HMAC-SHA256 in base64. */
const SIGNATURE_LENGTH = 44;

export type ReSigned = { header: string; changed: ReadonlyMap<string, string> };

/**
 * Keeps sessions alive while the secret is rotated. Better Auth 1.7 decrypts
 * with every version of its secrets, but signs and checks cookies with the
 * first one only, so that a rotation would sign everybody out. Here a cookie
 * whose signature holds under an older secret is signed anew with the first;
 * all other cookies are left as they are, for Better Auth to judge.
 *
 * `header` is a Cookie request header; `changed` has the new values by name,
 * encoded as a Set-Cookie header needs them. Undefined when nothing changed.
 */
export function reSignCookies(header: string, secrets: VersionedSecrets): ReSigned | undefined {
  const [current, ...older] = secrets;
  if (older.length === 0) return undefined;
  const changed = new Map<string, string>();
  const parts = header.split(";").map((part) => {
    const [name = "", value = ""] = splitOnce(part.trim(), "=");
    const renewed = AUTH_COOKIE.test(name) ? renew(value, current, older) : undefined;
    if (renewed === undefined) return part.trim();
    changed.set(name, renewed);
    return `${name}=${renewed}`;
  });
  return changed.size > 0 ? { header: parts.join("; "), changed } : undefined;
}

function renew(
  encoded: string,
  current: VersionedSecret,
  older: readonly VersionedSecret[],
): string | undefined {
  const value = decode(encoded);
  const dot = value.lastIndexOf(".");
  const signature = value.slice(dot + 1);
  if (dot < 1 || signature.length !== SIGNATURE_LENGTH) return undefined;
  const signed = value.slice(0, dot);
  const matches = (secret: VersionedSecret) => same(sign(signed, secret.value), signature);
  if (matches(current) || !older.some(matches)) return undefined;
  return encodeURIComponent(`${signed}.${sign(signed, current.value)}`);
}

/** The signature Better Auth puts after the last dot of a cookie's value. */
export function sign(value: string, secret: string): string {
  return createHmac("sha256", secret).update(value).digest("base64");
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, separator: string): [string, string] | [string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
