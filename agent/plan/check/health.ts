import type { Fault } from "../../config/fault.ts";
import { livenessProposal } from "../liveness-path.ts";
import { strategyOf } from "../strategy.ts";
import { inCompose, inConfig, notice, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Who says that a service is ready, and that it still works. */
export function health(subject: Subject): Fault[] {
  return Object.keys(subject.model.services).flatMap((name) => [
    ...startInterval(subject, name),
    ...nobodyAsks(subject, name),
    ...noLiveness(subject, name),
  ]);
}

function startInterval(subject: Subject, name: string): Fault[] {
  const check = subject.model.services[name]?.healthcheck;
  if (check?.start_interval === undefined || check.start_period !== undefined) return [];
  const path = ["services", name, "healthcheck", "start_interval"];
  return [
    warning("health-start-interval", inCompose(subject, path), {
      message: `start_interval of ${name} has no effect without start_period: the first check comes after one interval`,
      hint: "add start_period: 60s",
    }),
  ];
}

function nobodyAsks(subject: Subject, name: string): Fault[] {
  const { config, model } = subject;
  const check = model.services[name]?.healthcheck;
  const hasOwn = check !== undefined && check.disable !== true && check.test?.[0] !== "NONE";
  if (hasOwn || config.service[name]?.ready !== undefined) return [];
  if (strategyOf(name, config, model) === "once" || buildsItsOwn(subject, name)) return [];
  return [
    warning("no-readiness", inCompose(subject, ["services", name]), {
      message: `nothing says when ${name} is ready: it counts as ready as soon as it runs`,
      hint: `write ready = { … } in [service.${name}], or a healthcheck in the compose file`,
    }),
  ];
}

/** A Dockerfile may bring its own HEALTHCHECK. */
function buildsItsOwn({ dockerfiles }: Subject, name: string): boolean {
  return dockerfiles.some(
    ({ services, instructions }) =>
      services.includes(name) &&
      instructions.some((one) => one.name === "HEALTHCHECK" && one.rest !== "NONE"),
  );
}

/** Readiness asks the database: without a liveness path an outage of that looks like a hang of this. */
function noLiveness(subject: Subject, name: string): Fault[] {
  const settings = subject.config.service[name];
  if (settings?.ready === undefined || !("http" in settings.ready) || settings.live !== undefined) return [];
  const { http, known, needs } = livenessProposal(settings.ready.http);
  const when = known ? "" : "once it has a path that asks nobody else, ";
  return [
    notice("no-liveness", inConfig(subject, ["service", name]), {
      message: `${name} has no live path: whether it hangs cannot be told from whether its database is there`,
      hint: `${when}write live = { http = "${http}" }${needs === undefined ? "" : ` (${needs})`}`,
    }),
  ];
}
