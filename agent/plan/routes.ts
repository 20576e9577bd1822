import type { Config, IngressConfig, ServiceConfig } from "../config/config.ts";
import { EXIT, SoloflowError } from "../core/errors.ts";
import { COLOURS, type Colour } from "./colour.ts";
import type { ComposeModel } from "./compose-model.ts";
import { ANSWER_WITHIN_MS } from "./deployed.ts";
import { fingerprintsAt } from "./fingerprints-at.ts";
import { DOMAIN_PORTS } from "./https-origin.ts";
import { colourAddress, type Layout } from "./layout.ts";
import { probePath, publishedPorts } from "./strategy.ts";

/** A two-colour service as the ingress serves it. */
export type Route = {
  service: string;
  /** Port of the app in its container. */
  target: number;
  /** Where the machine publishes it. */
  published: readonly { hostIp: string; port: number }[];
  /** Ports that the ingress listens on for it: the published ones, and the app's own for its peers in the network. */
  listen: readonly number[];
  /** "address:port" of each colour. */
  upstream: Readonly<Record<Colour, string>>;
  /** With a domain: the paths that go here; empty takes the rest. */
  paths: readonly string[];
  /** Both colours run: the path that says which of them can be asked, and from when on an answer counts as a hang. */
  standby: { ready: string; answerWithinMs: number } | undefined;
  /** A path of the app that nobody from outside is led to. */
  barred: string | undefined;
};

/**
 * The routes of all two-colour services, sorted by service. All published ports of one lead to the port of its probe.
 * Errors: SoloflowError "ingress" (exit 2) when two services, or one and the domain, need the same port of the ingress.
 */
export function routesOf(
  services: readonly string[],
  config: Config,
  model: ComposeModel,
  layout: Layout,
): Route[] {
  const routes = [...services].sort().map((service) => serviceRoute(service, config, model, layout));
  refuseSharedPorts(routes);
  refuseDomainPorts(routes, config.ingress);
  return routes;
}

function serviceRoute(service: string, config: Config, model: ComposeModel, layout: Layout): Route {
  const ports = publishedPorts(model.services[service] ?? {});
  const target = ports[0]?.target ?? 0;
  const upstream = COLOURS.map((colour) => [colour, `${colourAddress(layout, service, colour)}:${target}`]);
  return {
    service,
    target,
    published: publishedAt(ports, config.ingress.domain !== undefined),
    listen: [...new Set([...ports.map(({ published }) => Number(published)), target])],
    upstream: Object.fromEntries(upstream) as Record<Colour, string>,
    paths: config.service[service]?.paths ?? [],
    standby: standbyOf(config.service[service]),
    barred: barredOf(target, config.service[service]),
  };
}

/** Where it tells of its secrets; on another port than the app's own the ingress leads nobody anyway. */
function barredOf(target: number, settings: Partial<ServiceConfig> | undefined): string | undefined {
  const at = fingerprintsAt(settings);
  return at?.port === target ? at.path : undefined;
}

function standbyOf({ standby, ready, answer_within: within }: Partial<ServiceConfig> = {}): Route["standby"] {
  const path = ready === undefined ? undefined : probePath(ready);
  if (standby !== true || path === undefined) return undefined;
  return { ready: path, answerWithinMs: within ?? ANSWER_WITHIN_MS };
}

/** With a domain customers come by HTTPS; the plain ports stay for this machine itself. */
function publishedAt(ports: ReturnType<typeof publishedPorts>, domain: boolean): Route["published"] {
  const places = ports.map(({ published, host_ip: given = "" }) => {
    const hostIp = domain ? "127.0.0.1" : given;
    return [`${hostIp} ${published}`, { hostIp, port: Number(published) }] as const;
  });
  return [...new Map(places).values()];
}

function refuseSharedPorts(routes: readonly Route[]): void {
  const owners = new Map<number, Route>();
  for (const route of routes) {
    for (const port of route.listen) {
      const owner = owners.get(port);
      if (owner !== undefined && owner !== route) {
        throw new SoloflowError(
          "ingress",
          `${owner.service} and ${route.service} both need port ${port} of the ingress`,
          { hint: `give one of them another port, or set deploy = "replace" for it`, exitCode: EXIT.usage },
        );
      }
      owners.set(port, route);
    }
  }
}

/** With a domain the ingress itself has two ports of the machine, and one of its own speaks nothing but HTTPS. */
function refuseDomainPorts(routes: readonly Route[], ingress: IngressConfig): void {
  if (ingress.domain === undefined) return;
  const { http, https } = DOMAIN_PORTS;
  const own = [ingress.http_port ?? http, ingress.https_port ?? https];
  for (const { service, published, listen } of routes) {
    const port =
      published.find((place) => own.includes(place.port))?.port ?? listen.find((one) => one === https);
    if (port === undefined) continue;
    throw new SoloflowError("ingress", `${service} and https://${ingress.domain} both need port ${port}`, {
      hint: `give ${service} another port in the compose file: by the domain it is reached without one`,
      exitCode: EXIT.usage,
    });
  }
}
