import type { Container } from "../core/container.ts";
import { COLOURS, type Colour, otherColour } from "./colour.ts";
import type { DeployedUnit } from "./deployed.ts";
import { INGRESS } from "./ingress-spec.ts";
import { containersOf, holdsPorts, isRunning, type Observed } from "./observed.ts";

/** Who answers for a two-colour service. */
export type Serving = {
  /** The colour that the flag file names. */
  flagged: Colour;
  containers: Readonly<Record<Colour, Container | undefined>>;
  /** The container that the plain compose file would make: from before the agent or the ingress, or somebody's own. */
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

/**
 * The plain container that makes way for the ingress: customers have nobody else yet, or it holds ports. Any other is
 * somebody's own work and stays.
 */
export function handingOver({ colour, legacy }: Serving, observed: Observed): Container | undefined {
  if (legacy === undefined) return undefined;
  const isServed = colour !== undefined && containersOf(observed, INGRESS).some(isRunning);
  return isServed && !holdsPorts(legacy) ? undefined : legacy;
}
