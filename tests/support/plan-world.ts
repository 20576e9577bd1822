import type { Container } from "../../agent/core/container.ts";
import type { Colour } from "../../agent/plan/colour.ts";
import type { ComposeModel, ComposeService } from "../../agent/plan/compose-model.ts";
import { INGRESS } from "../../agent/plan/ingress-spec.ts";
import { LABEL } from "../../agent/plan/labels.ts";
import { holdsPorts, type Observed } from "../../agent/plan/observed.ts";
import type { Step } from "../../agent/plan/step.ts";
import type { Desired } from "../../agent/plan/unit.ts";
import { containerOf } from "./desired.ts";

/** A world in memory on which the steps of a plan act as the real ones do. */
export type World = {
  containers: Container[];
  flags: Record<string, Colour>;
  specs: Record<string, ComposeService>;
  /** Services whose standby is not asked. */
  alone: string[];
  /** By the specification of an ingress: the services of which it asks the standby too. */
  pools: Record<string, readonly string[]>;
};

export const emptyWorld = (): World => ({ containers: [], flags: {}, specs: {}, alone: [], pools: {} });

export function observedOf(world: World): Observed {
  return {
    containers: [...world.containers],
    flags: { ...world.flags },
    specs: { ...world.specs },
    alone: [...world.alone],
  };
}

/** Acts as the executor would; returns false where a step names something that is not there. */
export function act(world: World, desired: Desired, step: Step): void {
  for (const unit of desired.units) world.specs[unit.hash] = unit.spec;
  const ingress = desired.units.find(({ service }) => service === INGRESS);
  const pooled = desired.units.filter(({ standby }) => standby).map(({ service }) => service);
  if (ingress !== undefined) world.pools[ingress.hash] = pooled;
  switch (step.do) {
    case "start":
      for (const start of step.starts) begin(world, desired, start.service, start.instance);
      return;
    case "standby":
      begin(world, desired, step.start.service, step.start.instance);
      world.alone = world.alone.filter((service) => service !== step.start.service);
      return;
    case "detach":
      world.alone = [...new Set([...world.alone, step.service])];
      return;
    case "attach":
      world.alone = world.alone.filter((service) => service !== step.service);
      return;
    case "flip":
      world.flags[step.service] = step.to;
      return;
    case "stop":
      world.containers = world.containers.map((container) =>
        container.id === step.container.id ? { ...container, state: "exited" } : container,
      );
      return;
    case "remove":
      world.containers = world.containers.filter((container) => container.id !== step.container.id);
      return;
    default:
      return;
  }
}

function begin(world: World, desired: Desired, service: string, name: string): void {
  const unit = desired.units.find((candidate) => candidate.service === service);
  const instance = unit?.instances.find((candidate) => candidate.name === name);
  if (unit === undefined || instance === undefined) throw new Error(`no ${name} in the desired state`);
  world.containers = world.containers.filter((container) => container.labels[LABEL.composeService] !== name);
  const made = containerOf(unit, instance);
  refuseTakenPorts(world, made);
  world.containers.push(made);
}

/** As the engine does: a port has one owner. */
function refuseTakenPorts(world: World, made: Container): void {
  for (const other of world.containers.filter(holdsPorts)) {
    const clash = made.ports.find(({ hostPort }) => other.ports.some((port) => port.hostPort === hostPort));
    if (clash !== undefined) throw new Error(`${other.name} holds port ${clash.hostPort} of ${made.name}`);
  }
}

/** The container that somebody's own `docker compose up` makes of a service. */
export function plainContainer(desired: Desired, model: ComposeModel, service: string): Container {
  const unit = desired.units.find((candidate) => candidate.service === service);
  if (unit === undefined) throw new Error(`no ${service} in the desired state`);
  const spec = { ...model.services[service], labels: {} };
  return { ...containerOf(unit, { name: service, colour: undefined, spec }), id: `plain-${service}` };
}

/** The container that answers a customer of a two-colour service now; undefined when nobody does. */
export function answering(world: World, service: string): Container | undefined {
  const colour = world.flags[service] ?? "blue";
  return world.containers.find(
    (container) =>
      container.labels[LABEL.composeService] === `${service}-${colour}` && container.state === "running",
  );
}

/** Containers of a two-colour service that the ingress which runs may send a request to now. */
export function askedOf(world: World, service: string): Container[] {
  const serving = answering(world, service);
  const ingress = world.containers.find(({ labels }) => labels[LABEL.composeService] === INGRESS);
  const asksBoth = world.pools[ingress?.labels[LABEL.spec] ?? ""]?.includes(service) === true;
  if (!asksBoth || world.alone.includes(service)) return serving === undefined ? [] : [serving];
  return world.containers.filter(
    ({ labels, state }) => labels[LABEL.service] === service && state === "running",
  );
}
