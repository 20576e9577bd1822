/**
 * Where the ingress listens in its container with a domain, whatever ports the machine publishes them on: a
 * certificate authority asks on these for a proof, and so nothing inside depends on what is outside.
 */
export const DOMAIN_PORTS = { http: 80, https: 443 } as const;

/** Where people find a domain; the port is told where it is not the one that browsers take. */
export function httpsOrigin(domain: string, port: number = DOMAIN_PORTS.https): string {
  return `https://${domain}${port === DOMAIN_PORTS.https ? "" : `:${port}`}`;
}
