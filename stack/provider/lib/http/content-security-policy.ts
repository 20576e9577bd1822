/**
 * Nothing but what the application itself serves: no inline script without the
 * nonce, no inline style, no frame, no form or request to another site. The
 * development server evaluates code for its error pages, the built one does not.
 */
export function contentSecurityPolicy(nonce: string): string {
  const evaluate = process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : "";
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluate}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
