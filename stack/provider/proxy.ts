import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { reSignCookies } from "./lib/auth/re-sign-cookies.ts";
import { SESSION_SECONDS } from "./lib/auth/session-length.ts";
import { config as settings } from "./lib/config/config.ts";
import { contentSecurityPolicy } from "./lib/http/content-security-policy.ts";

/** Everything but the health paths, which touch nothing, and files that are the same for everyone. */
export const config = { matcher: ["/((?!api/health|_next/static|icon\\.svg).*)"] };

/**
 * Runs before each page and API request: gives a page the nonce of its
 * Content-Security-Policy (Next.js finds it in the request's header), and signs
 * cookies of an older secret anew, for this request and for the browser to keep.
 */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(randomBytes(16).toString("base64"));
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  const renewed = reSignCookies(headers.get("cookie") ?? "", settings().authSecrets);
  if (renewed) headers.set("cookie", renewed.header);

  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  // Better Auth sets these cookies itself on its own paths; a second one there could undo a new sign-in.
  const mayKeep = !request.nextUrl.pathname.startsWith("/api/auth/");
  for (const [name, value] of renewed?.changed ?? []) {
    const kept = mayKeep && /\.(session_token|dont_remember)$/.test(name);
    if (kept) response.headers.append("set-cookie", `${name}=${value}; ${attributes(name, headers)}`);
  }
  return response;
}

/** As Better Auth sets them. A session that was not to be remembered ends with the browser. */
function attributes(name: string, headers: Headers): string {
  const secure = name.startsWith("__Secure-") ? "; Secure" : "";
  const forgotten = headers.get("cookie")?.includes("better-auth.dont_remember=");
  const age = forgotten ? "" : `; Max-Age=${SESSION_SECONDS}`;
  return `Path=/; HttpOnly; SameSite=Lax${secure}${age}`;
}
