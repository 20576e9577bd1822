import type { Config } from "../config/config.ts";
import type { ComposeModel } from "./compose-model.ts";
import { httpsOrigin } from "./https-origin.ts";
import { publishedPorts } from "./strategy.ts";

/** Where people find each service: "gateway  http://localhost:8080". Databases get no address that a browser takes. */
export function addresses(config: Config, model: ComposeModel): [service: string, address: string][] {
  const domain = config.ingress.domain;
  const rows = Object.keys(model.services).flatMap((service): [string, string][] =>
    publishedPorts(model.services[service] ?? {}).map(({ published, host_ip: hostIp, target }) => {
      const host = hostIp === undefined || hostIp === "0.0.0.0" ? "localhost" : hostIp;
      return [service, `${scheme(target)}${host}:${published}`];
    }),
  );
  return domain === undefined ? rows : [["", httpsOrigin(domain, config.ingress.https_port)], ...rows];
}

const PLAIN_PORTS = new Map([
  [5432, "postgres://"],
  [3306, "mysql://"],
  [6379, "redis://"],
]);

function scheme(target: number): string {
  return PLAIN_PORTS.get(target) ?? "http://";
}
