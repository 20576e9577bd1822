import type { Fault } from "../../config/fault.ts";
import { publishedPorts, strategyOf } from "../strategy.ts";
import { inConfig, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Which requests reach which service. */
export function routing(subject: Subject): Fault[] {
  return [...rests(subject), ...unreachablePaths(subject)];
}

/** Of a domain, one service gets what no path takes. */
function rests(subject: Subject): Fault[] {
  const { config, model } = subject;
  if (config.ingress.domain === undefined) return [];
  const rest = Object.keys(model.services)
    .sort()
    .filter(
      (name) => strategyOf(name, config, model) === "overlap" && config.service[name]?.paths === undefined,
    );
  const [first, ...others] = rest;
  return others.map((name) =>
    warning("two-rests", inConfig(subject, ["service", name]), {
      message: `neither ${first} nor ${name} has paths: of https://${config.ingress.domain} everything goes to ${first}`,
      hint: `write paths = ["/…/*"] in [service.${name}]`,
    }),
  );
}

function unreachablePaths(subject: Subject): Fault[] {
  const { config, model } = subject;
  return Object.entries(config.service).flatMap(([name, { paths }]) => {
    const service = model.services[name];
    if (paths === undefined || service === undefined) return [];
    const isRouted = strategyOf(name, config, model) === "overlap" && publishedPorts(service).length > 0;
    if (isRouted) return [];
    return [
      warning("paths-unused", inConfig(subject, ["service", name, "paths"]), {
        message: `paths has no effect: the ingress does not lead to ${name}`,
        hint: "it leads to services that overlap: an HTTP ready probe on a published port",
      }),
    ];
  });
}
