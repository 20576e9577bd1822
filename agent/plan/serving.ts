import type { Container } from "../core/container.ts";
import { COLOURS, type Colour, otherColour } from "./colour.ts";
import type { DeployedUnit } from "./deployed.ts";
import { containersOf, isRunning, type Observed } from "./observed.ts";

/** Who answers for a two-colour service. */
export type Serving = {
  /** The colour that the flag file names. */
  flagged: Colour;
  containers: Readonly<Record<Colour, Container | undefined>>;
  /** A container of the plain compose file, from before the agent; it holds the published ports. */
  legacy: Container | undefined;
  /** The colour that serves, or undefined when none runs. */
  colour: Colour | undefined;
};

/** The flag decides; where its colour is gone and the other one runs, that one can serve. */
export function servingOf(unit: Pick<DeployedUnit, "service" | "instances">, observed: Observed): Serving {
  const flagged = observed.flags[unit.service] ?? "blue";
  const of = (colour: Colour): Container | undefined => {
    const instance = unit.instances.find((candidate) => candidate.colour === colour);
    return instance === undefined ? undefined : containersOf(observed, instance.name)[0];
  };
  const containers = { blue: of("blue"), green: of("green") };
  const up = (colour: Colour): boolean => {
    const container = containers[colour];
    return container !== undefined && (isRunning(container) || container.state === "paused");
  };
  const colour = up(flagged) ? flagged : COLOURS.find((candidate) => candidate !== flagged && up(candidate));
  return { flagged, containers, colour, legacy: containersOf(observed, unit.service)[0] };
}

/** Where the next version goes: beside the one that serves, or where the flag already points. */
export function targetColour(serving: Serving): Colour {
  return serving.colour === undefined ? serving.flagged : otherColour(serving.colour);
}
