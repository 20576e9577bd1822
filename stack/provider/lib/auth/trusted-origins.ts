/**
 * Origins whose pages may act for a signed-in customer. Those are the provider's
 * own address and the listed ones; and, as long as that address is plain http,
 * the host that the request itself names, so that a machine reached by its IP
 * address works before it has a domain. That is safe: a page of another site
 * carries that site's origin, which is not the host it calls. With https only
 * the configured origins count.
 */
export function trustedOrigins(
  settings: { baseUrl: URL; trustedOrigins: readonly string[] },
  host: string | null | undefined,
): string[] {
  const configured = [settings.baseUrl.origin, ...settings.trustedOrigins];
  const own = `http://${host}`;
  const ownCounts = host && settings.baseUrl.protocol === "http:" && URL.canParse(own);
  return ownCounts ? [...configured, new URL(own).origin] : configured;
}

/**
 * Whether a request that changes something may have been meant by the customer.
 * A browser names the page's origin on each such request; what names none is no
 * page, unless the browser says that it comes from another site.
 */
export function isOwnRequest(
  headers: Headers,
  settings: { baseUrl: URL; trustedOrigins: readonly string[] },
): boolean {
  const origin = headers.get("origin");
  if (origin !== null) return trustedOrigins(settings, headers.get("host")).includes(origin);
  const site = headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none";
}
