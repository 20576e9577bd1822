import type { IngressConfig } from "../config/config.ts";
import { flagFile } from "./colour.ts";
import { httpsOrigin } from "./https-origin.ts";
import type { Route } from "./routes.ts";

/** Where the agent's folders are bound in the ingress container. */
export const INGRESS_PATHS = {
  config: "/etc/caddy",
  flags: "/active",
  socketFolder: "/run/caddy",
  acmeRoot: "/etc/caddy/acme-root.pem",
} as const;

/** Retried while the app's own container restarts: connections that were refused have reached nobody. */
const TRY_FOR = "5s";
const TRY_EVERY = "50ms";
const DIAL_TIMEOUT = "500ms";
/**
 * Shorter than any app keeps an idle connection, and than a colour's address needs to come back with another container
 * behind it: a POST on a connection that has just died cannot be tried again (1 of 8,769 lost when it was 2 min).
 */
const KEEPALIVE = "500ms";
/** When the ingress itself is replaced nobody can connect until the old one has gone: requests in flight get this long. */
const GRACE = "3s";

/**
 * The ingress' configuration. Which colour serves is a file that Caddy looks at for every request, so that a switch
 * is a rename and needs no reload (a reload loses requests: 48 to 319 of 4,000 when measured).
 */
export function caddyfile(routes: readonly Route[], ingress: IngressConfig): string {
  const blocks = [globalOptions(ingress), ...listeners(routes)];
  if (ingress.domain !== undefined)
    blocks.push(redirect(ingress.domain, ingress.https_port), domainSite(ingress.domain, routes));
  return `${blocks.join("\n\n")}\n`;
}

function globalOptions(ingress: IngressConfig): string {
  const https = ingress.domain !== undefined;
  return block("", [
    `admin unix/${INGRESS_PATHS.socketFolder}/admin.sock`,
    "persist_config off",
    // Every look at the requests in flight would write a line.
    block("log", ["exclude admin.api"]),
    `grace_period ${GRACE}`,
    // HTTP/3 would be announced on a UDP port that is not published.
    ...(https ? [block("servers", ["protocols h1 h2"])] : ["auto_https off"]),
    ...(ingress.email === undefined ? [] : [`email ${quote(ingress.email)}`]),
    ...(ingress.acme_ca === undefined ? [] : [`acme_ca ${quote(ingress.acme_ca)}`]),
    ...(ingress.acme_ca_root === undefined ? [] : [`acme_ca_root ${INGRESS_PATHS.acmeRoot}`]),
  ]);
}

function listeners(routes: readonly Route[]): string[] {
  return routes.flatMap((route) =>
    route.listen.map((port) => block(`http://:${port}`, switched(route, `${route.service}_${route.target}`))),
  );
}

/** Caddy's own redirect would name its port in the container; proofs for the certificate authority go before it. */
function redirect(domain: string, port: number | undefined): string {
  return block(`http://${domain}`, [`redir ${httpsOrigin(domain, port)}{uri} 308`]);
}

/** HTTPS for the world: paths to their services, the rest to the service without paths. */
function domainSite(domain: string, routes: readonly Route[]): string {
  const special = routes.filter((route) => route.paths.length > 0);
  const rest = routes.find((route) => route.paths.length === 0);
  const lines = ['header Strict-Transport-Security "max-age=31536000"'];
  for (const route of special) {
    const name = `paths_${route.service}_${route.target}`;
    lines.push(`@${name} path ${route.paths.map(quote).join(" ")}`);
    lines.push(block(`handle @${name}`, switched(route, `${route.service}_${route.target}`)));
  }
  if (rest !== undefined) lines.push(block("handle", switched(rest, `${rest.service}_${rest.target}`)));
  return block(domain, lines);
}

function switched(route: Route, name: string): string[] {
  return [
    block(`@${name}_green file`, [
      `root ${INGRESS_PATHS.flags}`,
      `try_files /${flagFile(route.service, "green")}`,
    ]),
    block(`handle @${name}_green`, [proxy(route.upstream.green)]),
    block("handle", [proxy(route.upstream.blue)]),
  ];
}

function proxy(upstream: string): string {
  return block(`reverse_proxy ${upstream}`, [
    `lb_try_duration ${TRY_FOR}`,
    `lb_try_interval ${TRY_EVERY}`,
    block("transport http", [`dial_timeout ${DIAL_TIMEOUT}`, `keepalive ${KEEPALIVE}`]),
  ]);
}

function block(head: string, lines: readonly string[]): string {
  const body = lines.flatMap((line) => line.split("\n")).map((line) => `\t${line}`);
  return [head === "" ? "{" : `${head} {`, ...body, "}"].join("\n");
}

/** A Caddyfile token that may hold spaces; backquotes take everything but themselves. */
function quote(text: string): string {
  return /^[\w./:*@-]+$/.test(text) ? text : `\`${text.replaceAll("`", "")}\``;
}
