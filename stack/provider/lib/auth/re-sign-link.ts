import { createHmac, timingSafeEqual } from "node:crypto";
import type { VersionedSecrets } from "../config/versioned-secrets.ts";

/** Better Auth's one link that carries its own proof; those that reset a password name a row of the database. */
const SIGNED_LINK = /\/verify-email$/;
/** A JWT: header, payload and signature. */
const TOKEN = /^([\w-]+\.[\w-]+)\.([\w-]{43})$/;

/**
 * Keeps links that are under way alive while the secret is rotated, as
 * re-sign-cookies.ts does for cookies: a token of an accepted secret that does
 * not issue is signed anew with the one that does. What it says, its end of
 * validity included, stays as it was and is Better Auth's to judge. Undefined
 * when there is nothing to do.
 */
export function reSignLink(link: URL, [current, ...others]: VersionedSecrets): URL | undefined {
  const [, signed, signature] = TOKEN.exec(link.searchParams.get("token") ?? "") ?? [];
  if (!SIGNED_LINK.test(link.pathname) || signed === undefined || signature === undefined) return undefined;
  const matches = (secret: { value: string }) => same(signatureOf(signed, secret.value), signature);
  if (matches(current) || !others.some(matches)) return undefined;
  const renewed = new URL(link);
  renewed.searchParams.set("token", `${signed}.${signatureOf(signed, current.value)}`);
  return renewed;
}

/** HS256: the only algorithm that Better Auth accepts here, whatever the header says. */
function signatureOf(signed: string, secret: string): string {
  return createHmac("sha256", secret).update(signed).digest("base64url");
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
