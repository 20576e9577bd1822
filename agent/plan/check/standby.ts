import type { Fault } from "../../config/fault.ts";
import { overlapObstacle, strategyOf } from "../strategy.ts";
import { error, inConfig, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** A second copy that runs all the time: whether it can, and what it would do by itself. */
export function standby(subject: Subject): Fault[] {
  const { config, model } = subject;
  return Object.keys(config.service).flatMap((name) => {
    if (config.service[name]?.standby !== true || model.services[name] === undefined) return [];
    return strategyOf(name, config, model) === "overlap"
      ? [runsTwice(subject, name)]
      : impossible(subject, name);
  });
}

function impossible(subject: Subject, name: string): Fault[] {
  const { config, model } = subject;
  // With deploy = "replace" it is the configuration that contradicts itself, and says so.
  if (config.service[name]?.deploy === "replace") return [];
  const obstacle = overlapObstacle(name, config.service[name]?.ready, model);
  return [
    error("standby-impossible", inConfig(subject, ["service", name, "standby"]), {
      message: `${name} cannot have a standby: ${obstacle ?? "it runs once, to its end"}`,
      hint: `mend that, so that the ingress leads to it, or remove standby from [service.${name}]`,
    }),
  ];
}

function runsTwice(subject: Subject, name: string): Fault {
  return warning("standby-runs-twice", inConfig(subject, ["service", name, "standby"]), {
    message: `two copies of ${name} run at once: does it run schedules, read a queue or keep sessions in memory?`,
    hint: "schedules and queues are served twice, and a session is only in one of them; if that matters, remove standby",
  });
}
