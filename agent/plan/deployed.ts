import type { Probe } from "../config/config.ts";
import type { Colour } from "./colour.ts";
import type { Strategy } from "./strategy.ts";
import type { Unit } from "./unit.ts";

/**
 * What the last deploy said of a service, kept beside the model: enough to look at it without soloflow.toml, which
 * may be broken just when somebody wants to know.
 */
export type DeployedUnit = {
  service: string;
  strategy: Strategy;
  hash: string;
  ready: Probe | undefined;
  readyWithinMs: number;
  drainMs: number;
  healthcheck: boolean;
  instances: readonly { name: string; colour: Colour | undefined }[];
};

export function deployedUnit(unit: Unit): DeployedUnit {
  const { service, strategy, hash, ready, readyWithinMs, drainMs, healthcheck } = unit;
  const instances = unit.instances.map(({ name, colour }) => ({ name, colour }));
  return { service, strategy, hash, ready, readyWithinMs, drainMs, healthcheck, instances };
}
