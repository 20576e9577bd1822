import type { Container } from "../core/container.ts";
import { formatSize } from "../core/size.ts";
import { COLOURS } from "./colour.ts";
import { isRunning, type Observed } from "./observed.ts";
import { servingOf } from "./serving.ts";
import type { Desired } from "./unit.ts";

/** A service that one copy ran of until now, and two will. */
export type NewStandby = { service: string; serving: Container | undefined };

export function newStandbys(desired: Desired, observed: Observed): NewStandby[] {
  return desired.units
    .filter((unit) => unit.standby)
    .flatMap((unit) => {
      const { containers, colour } = servingOf(unit, observed);
      const running = COLOURS.flatMap((each) => containers[each] ?? []).filter(isRunning);
      const serving = colour === undefined ? undefined : containers[colour];
      return running.length > 1 ? [] : [{ service: unit.service, serving }];
    });
}

/** What it costs from now on, as a line for people. `usedBytes`: what the copy that serves uses now, where one does. */
export function standbyCost({ service }: Pick<NewStandby, "service">, usedBytes: number | undefined): string {
  const memory =
    usedBytes === undefined ? "as much memory again" : `about ${formatSize(usedBytes)} of memory more`;
  return `standby of ${service}: ${memory}; its schedules and queue consumers run twice`;
}
