import type { Fault } from "../../config/fault.ts";
import { strategyOf } from "../strategy.ts";
import { inCompose, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** What comes back by itself after a crash, a stop by hand, and a reboot. */
export function restarts(subject: Subject): Fault[] {
  const { config, model } = subject;
  return Object.entries(model.services).flatMap(([name, { restart }]) => {
    if (restart === "always") {
      return [
        warning("restart-always", inCompose(subject, ["services", name, "restart"]), {
          message: `restart: always revives ${name} when the engine restarts, even where a person stopped it`,
          hint: "write restart: unless-stopped",
        }),
      ];
    }
    const staysDown = restart === undefined || restart === "no";
    if (!staysDown || strategyOf(name, config, model) === "once") return [];
    return [
      warning("restart-none", inCompose(subject, ["services", name]), {
        message: `${name} stays down after a crash or a reboot`,
        hint: "add restart: unless-stopped",
      }),
    ];
  });
}
