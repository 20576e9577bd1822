import type { IngressConfig } from "../config/config.ts";
import { block, quote } from "./caddy-block.ts";
import { anyway, FLAGS_PATH, switched, UNSEEN } from "./caddy-proxy.ts";
import { httpsOrigin } from "./https-origin.ts";
import { namedListeners } from "./ingress-answers.ts";
import { healthSite } from "./ingress-health.ts";
import type { Route } from "./routes.ts";

/** Where the agent's folders are bound in the ingress container. */
export const INGRESS_PATHS = {
  config: "/etc/caddy",
  flags: FLAGS_PATH,
  socketFolder: "/run/caddy",
  acmeRoot: "/etc/caddy/acme-root.pem",
} as const;

/** When the ingress itself is replaced nobody can connect until the old one has gone: requests in flight get this long. */
const GRACE = "3s";

/**
 * The ingress' configuration. Which colour serves is a file that Caddy looks at for every request, so that a switch
 * is a rename and needs no reload (a reload loses requests: 48 to 319 of 4,000 when measured).
 */
export function caddyfile(routes: readonly Route[], ingress: IngressConfig): string {
  const health = healthSite(routes);
  const blocks = [
    globalOptions(routes, ingress),
    block(health.address, [health.answer]),
    ...listeners(routes),
  ];
  if (ingress.domain !== undefined)
    blocks.push(redirect(ingress.domain, ingress.https_port), domainSite(ingress.domain, routes));
  return `${blocks.join("\n\n")}\n`;
}

function globalOptions(routes: readonly Route[], ingress: IngressConfig): string {
  const https = ingress.domain !== undefined;
  // HTTP/3 would be announced on a UDP port that is not published.
  const protocols = https ? ["protocols h1 h2"] : [];
  const named = [...namedListeners(routes, https)].map(([port, name]) =>
    block(`servers :${port}`, [`name ${quote(name)}`, ...protocols]),
  );
  return block("", [
    `admin unix/${INGRESS_PATHS.socketFolder}/admin.sock`,
    "persist_config off",
    // Every look at the requests in flight would write a line.
    block("log", ["exclude admin.api"]),
    `grace_period ${GRACE}`,
    // Good answers speak against a hang: about 8 µs a request (decision 0084).
    "metrics",
    ...named,
    ...(https ? [block("servers", protocols)] : ["auto_https off"]),
    ...(ingress.email === undefined ? [] : [`email ${quote(ingress.email)}`]),
    ...(ingress.acme_ca === undefined ? [] : [`acme_ca ${quote(ingress.acme_ca)}`]),
    ...(ingress.acme_ca_root === undefined ? [] : [`acme_ca_root ${INGRESS_PATHS.acmeRoot}`]),
  ]);
}

function listeners(routes: readonly Route[]): string[] {
  return routes.flatMap((route) =>
    route.listen.map((port) => {
      const name = matcherName(route);
      return block(`http://:${port}`, [...switched(route, name), ...fallback(anyway(route, name))]);
    }),
  );
}

/** What a site does with a request that no app has seen; nothing where no service has a standby. */
function fallback(handlers: readonly string[]): string[] {
  if (handlers.length === 0) return [];
  return [block("handle_errors", [`@unseen expression \`${UNSEEN}\``, block("handle @unseen", handlers)])];
}

function matcherName({ service, target }: Route): string {
  return `${service}_${target}`;
}

/** Caddy's own redirect would name its port in the container; proofs for the certificate authority go before it. */
function redirect(domain: string, port: number | undefined): string {
  return block(`http://${domain}`, [`redir ${httpsOrigin(domain, port)}{uri} 308`]);
}

/** HTTPS for the world: paths to their services, the rest to the service without paths. */
function domainSite(domain: string, routes: readonly Route[]): string {
  const special = routes.filter((route) => route.paths.length > 0);
  const rest = routes.find((route) => route.paths.length === 0);
  const all = rest === undefined ? special : [...special, rest];
  const unseen = all.flatMap((route) => handle(route, anyway(route, matcherName(route))));
  return block(domain, [
    'header Strict-Transport-Security "max-age=31536000"',
    ...all.flatMap((route) => [
      ...(route.paths.length > 0 ? [pathMatcher(route)] : []),
      ...handle(route, switched(route, matcherName(route))),
    ]),
    ...fallback(unseen),
  ]);
}

function pathMatcher(route: Route): string {
  return `@paths_${matcherName(route)} path ${route.paths.map(quote).join(" ")}`;
}

function handle(route: Route, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [block(route.paths.length > 0 ? `handle @paths_${matcherName(route)}` : "handle", lines)];
}
