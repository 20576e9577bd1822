import type { Container } from "../core/container.ts";
import { COLOURS, colourInstance } from "./colour.ts";
import { planOverlap } from "./colour-plan.ts";
import { INGRESS } from "./ingress-spec.ts";
import { LABEL } from "./labels.ts";
import { containersOf, holdsPorts, isRunning, type Observed } from "./observed.ts";
import { changes, remove, restoreOf, type ServicePlan, servicePlan, stopped } from "./service-change.ts";
import type { Start } from "./step.ts";
import { publishedPorts } from "./strategy.ts";
import type { Unit } from "./unit.ts";

export function planService(unit: Unit, observed: Observed): ServicePlan {
  switch (unit.strategy) {
    case "overlap":
      return planOverlap(unit, observed);
    case "once":
      return withoutColours(unit, observed, planOnce(unit, observed));
    case "replace":
      return withoutColours(unit, observed, planReplace(unit, observed));
    default:
      return unit.strategy satisfies never;
  }
}

function planReplace(unit: Unit, observed: Observed): ServicePlan {
  const container = containersOf(observed, unit.service)[0];
  const start = (undo: Start["undo"]): Start => ({
    ...{ service: unit.service, instance: unit.service, until: "ready", undo },
  });
  const causes = changes(unit, container, observed);
  if (container === undefined) {
    return servicePlan(unit, "create", ["there is no container"], { start: start({ kind: "remove" }) });
  }
  if (causes.length > 0) return servicePlan(unit, "replace", causes, { start: start(restoreOf(container)) });
  if (container.state === "paused") return servicePlan(unit, "keep", ["paused by somebody: left alone"]);
  if (isRunning(container)) return servicePlan(unit, "keep", []);
  return servicePlan(unit, "start", [stopped(container)], { start: start({ kind: "nothing" }) });
}

/** A service that overlapped before: the old ingress gives up its ports first, its colours go last. */
function withoutColours(unit: Unit, observed: Observed, single: ServicePlan): ServicePlan {
  const colours = COLOURS.flatMap((colour) =>
    containersOf(observed, colourInstance(unit.service, colour)).filter(
      ({ labels }) => labels[LABEL.service] === unit.service,
    ),
  );
  const holders = single.start === undefined ? [] : containersOf(observed, INGRESS).filter(holds(unit));
  const cost = holders.map(
    ({ name }) => `${name} hands its ports over: nobody answers on any of its ports until all is ready`,
  );
  return {
    ...single,
    action: single.action === "keep" && colours.length > 0 ? "repair" : single.action,
    causes: [...single.causes, ...cost, ...colours.map(({ name }) => `${name} is of no use any more`)],
    handOvers: holders,
    finish: [...single.finish, ...colours.map((each) => remove(unit, each, "the service overlaps no more"))],
  };
}

/** Whether a container other than the unit's own is bound to a port that the unit publishes. */
function holds(unit: Unit): (container: Container) => boolean {
  const wanted = publishedPorts(unit.spec).map(({ published }) => Number(published));
  return (container) =>
    unit.service !== container.labels[LABEL.composeService] &&
    holdsPorts(container) &&
    container.ports.some(({ hostPort }) => wanted.includes(hostPort));
}

function planOnce(unit: Unit, observed: Observed): ServicePlan {
  const container = containersOf(observed, unit.service)[0];
  const start: Start = {
    ...{ service: unit.service, instance: unit.service, until: "completed" },
    undo: { kind: "impossible", why: `${unit.service} has run and is not undone` },
  };
  if (container === undefined) return servicePlan(unit, "run", ["it has not run yet"], { start });
  const causes = changes(unit, container, observed);
  if (causes.length > 0) return servicePlan(unit, "run", causes, { start });
  if (isRunning(container))
    return servicePlan(unit, "run", ["still running after an interrupted deploy"], { start });
  if (container.exitCode === 0 && container.startedAt !== undefined) return servicePlan(unit, "keep", []);
  return servicePlan(unit, "run", [stopped(container)], { start });
}
