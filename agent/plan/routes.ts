import type { Config } from "../config/config.ts";
import { EXIT, SoloflowError } from "../core/errors.ts";
import { COLOURS, type Colour } from "./colour.ts";
import type { ComposeModel } from "./compose-model.ts";
import { colourAddress, type Layout } from "./layout.ts";
import { publishedPorts } from "./strategy.ts";

/** One port of a two-colour service as the ingress serves it. */
export type Route = {
  service: string;
  /** Port of the app in its container. */
  target: number;
  /** Where the machine publishes it. */
  published: { hostIp: string; port: number };
  /** Ports that the ingress listens on for it: the published one, and the app's own for its peers in the network. */
  listen: readonly number[];
  /** "address:port" of each colour. */
  upstream: Readonly<Record<Colour, string>>;
  /** With a domain: the paths that go here; empty takes the rest. */
  paths: readonly string[];
};

/**
 * The routes of all two-colour services, sorted by service and port.
 * Errors: SoloflowError "ingress" (exit 2) when two services need the same port of the ingress.
 */
export function routesOf(
  services: readonly string[],
  config: Config,
  model: ComposeModel,
  layout: Layout,
): Route[] {
  const routes = [...services].sort().flatMap((service) => serviceRoutes(service, config, model, layout));
  refuseSharedPorts(routes);
  return routes;
}

function serviceRoutes(service: string, config: Config, model: ComposeModel, layout: Layout): Route[] {
  const domain = config.ingress.domain !== undefined;
  return publishedPorts(model.services[service] ?? {}).map((port): Route => {
    const published = Number(port.published);
    const upstream = COLOURS.map((colour) => [
      colour,
      `${colourAddress(layout, service, colour)}:${port.target}`,
    ]);
    return {
      service,
      target: port.target,
      // With a domain customers come by HTTPS; the plain ports stay for this machine itself.
      published: { hostIp: domain ? "127.0.0.1" : (port.host_ip ?? ""), port: published },
      listen: [...new Set([published, port.target])],
      upstream: Object.fromEntries(upstream) as Record<Colour, string>,
      paths: config.service[service]?.paths ?? [],
    };
  });
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
