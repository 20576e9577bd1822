import { AGENT } from "../../config/config.ts";
import type { Fault } from "../../config/fault.ts";
import { postgresOf } from "../../config/rules/secrets.ts";
import { nearest } from "../../core/nearest.ts";
import { strategyOf } from "../strategy.ts";
import { error, inCompose, inConfig } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Names in soloflow.toml that the compose file must know. */
export function references(subject: Subject): Fault[] {
  const { config, model } = subject;
  const services = Object.keys(model.services);
  const unknown = (path: (string | number)[], name: string): Fault[] => {
    if (services.includes(name)) return [];
    const meant = nearest(name, services);
    return [
      error("unknown-service", inConfig(subject, path), {
        message: `the compose file has no service ${name}`,
        hint: meant === undefined ? `it has: ${services.join(", ")}` : `did you mean "${meant}"?`,
      }),
    ];
  };
  return [
    ...Object.keys(config.service).flatMap((name) => unknown(["service", name], name)),
    ...Object.entries(config.secret).flatMap(([name, secret]) => [
      ...secret.for.flatMap((service, index) =>
        service === AGENT ? [] : unknown(["secret", name, "for", index], service),
      ),
      ...(secret.kind === "database" || secret.kind === "superuser"
        ? unknown(["secret", name, "service"], postgresOf(secret))
        : []),
    ]),
    ...ingressName(subject),
  ];
}

/** The agent adds a service of this name to its own model. */
function ingressName(subject: Subject): Fault[] {
  const { config, model } = subject;
  const overlaps = Object.keys(model.services).some((name) => strategyOf(name, config, model) === "overlap");
  if (model.services.ingress === undefined || !overlaps) return [];
  return [
    error("ingress-name", inCompose(subject, ["services", "ingress"]), {
      message: "a service cannot be called ingress: the agent's own one is",
      hint: "give the service another name in the compose file",
    }),
  ];
}
