import type { Fault } from "../../config/fault.ts";
import { inConfig, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Settings that this version reads and does nothing with. */
export function notYet(subject: Subject): Fault[] {
  const { config } = subject;
  const paths = [
    ...Object.keys(config.watchdog).map((key) => ["watchdog", key]),
    ...Object.entries(config.service).flatMap(([name, service]) => [
      ...(service.watch === undefined ? [] : [["service", name, "watch"]]),
      ...(service.standby === undefined ? [] : [["service", name, "standby"]]),
    ]),
  ];
  return paths.map((path) =>
    warning("no-effect-yet", inConfig(subject, path), {
      message: `${path.join(".")} has no effect yet: this version has no watchdog`,
    }),
  );
}
