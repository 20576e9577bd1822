import type { Fault } from "../../config/fault.ts";
import { inConfig, notice } from "./places.ts";
import type { Subject } from "./subject.ts";

/** The watchdog mends what it can at night; of the rest somebody must hear. */
export function nobodyIsTold(subject: Subject): Fault[] {
  const { slack, webhook, command } = subject.config.alerts;
  if (slack !== undefined || webhook !== undefined || command !== undefined) return [];
  return [
    notice("nobody-is-told", inConfig(subject, ["alerts"]), {
      message: "nobody is told when the watchdog cannot help itself: it can only be read in `incidents`",
      hint: 'write slack, webhook or command in [alerts], for instance command = ["mail", "-s", "soloflow", "you@example.com"]',
    }),
  ];
}
