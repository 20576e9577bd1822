import type { Container } from "../core/container.ts";
import { COLOURS, type Colour, colourInstance, otherColour } from "./colour.ts";
import { INGRESS } from "./ingress-spec.ts";
import { LABEL } from "./labels.ts";
import { containersOf, holdsPorts, isRunning, type Observed } from "./observed.ts";
import { handingOver, type Serving, servingOf, targetColour } from "./serving.ts";
import { specDiff } from "./spec-diff.ts";
import type { Start, Step } from "./step.ts";
import { publishedPorts } from "./strategy.ts";
import type { Unit } from "./unit.ts";

/** What is to be done to one service, and why, in words. */
export type ServicePlan = {
  service: string;
  strategy: Unit["strategy"];
  action: "keep" | "create" | "start" | "replace" | "switch" | "run" | "repair" | "remove";
  causes: readonly string[];
  /** What starts; undefined when nothing does. */
  start: Start | undefined;
  /** Containers that give up their ports just before they are taken over, and go once all is ready. */
  handOvers: readonly Container[];
  /** After everything that starts is ready. */
  finish: readonly Step[];
};

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
    return plan(unit, "create", ["there is no container"], start({ kind: "remove" }));
  }
  if (causes.length > 0) return plan(unit, "replace", causes, start(restoreOf(container)));
  if (container.state === "paused") return plan(unit, "keep", ["paused by somebody: left alone"]);
  if (isRunning(container)) return plan(unit, "keep", []);
  return plan(unit, "start", [stopped(container)], start({ kind: "nothing" }));
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
  if (container === undefined) return plan(unit, "run", ["it has not run yet"], start);
  const causes = changes(unit, container, observed);
  if (causes.length > 0) return plan(unit, "run", causes, start);
  if (isRunning(container)) return plan(unit, "run", ["still running after an interrupted deploy"], start);
  if (container.exitCode === 0 && container.startedAt !== undefined) return plan(unit, "keep", []);
  return plan(unit, "run", [stopped(container)], start);
}

function planOverlap(unit: Unit, observed: Observed): ServicePlan {
  const serving = servingOf(unit, observed);
  const colours = planColours(unit, observed, serving);
  const legacy = handingOver(serving, observed);
  if (legacy === undefined) return colours;
  return {
    ...colours,
    action: colours.action === "keep" ? "repair" : colours.action,
    causes: [...colours.causes, handOverCost(legacy)],
    handOvers: [legacy],
    finish: [...colours.finish, remove(unit, legacy, "the ingress has its ports")],
  };
}

function handOverCost(legacy: Container): string {
  return isRunning(legacy)
    ? `${legacy.name} hands its ports over: nobody answers from its stop until the ingress is ready`
    : `${legacy.name} is left from before the ingress`;
}

function planColours(unit: Unit, observed: Observed, serving: Serving): ServicePlan {
  const current = serving.colour === undefined ? undefined : serving.containers[serving.colour];
  if (serving.colour === undefined || current === undefined) return planFirst(unit, observed, serving);
  const causes = changes(unit, current, observed);
  if (causes.length === 0) return planRepair(unit, serving, serving.colour);
  const target = targetColour(serving);
  const leftover = serving.containers[target];
  const found =
    leftover === undefined ? [] : [`${leftover.name} was left by an interrupted deploy: used or replaced`];
  return plan(unit, "switch", [...causes, ...found], startColour(unit, target, { kind: "remove" }), [
    { do: "flip", service: unit.service, to: target, cause: `${target} is ready` },
    ...retire(unit, serving.colour, current, `${target} serves`),
  ]);
}

/** Nothing serves: the flagged colour starts, whatever is in the way goes once it is ready. */
function planFirst(unit: Unit, observed: Observed, serving: Serving): ServicePlan {
  const target = targetColour(serving);
  const existing = serving.containers[target];
  const other = serving.containers[otherColour(target)];
  const causes =
    existing === undefined
      ? ["there is no container"]
      : [...changes(unit, existing, observed), stopped(existing)];
  const finish: Step[] = other === undefined ? [] : [remove(unit, other, "left by an interrupted deploy")];
  const undo: Start["undo"] = existing === undefined ? { kind: "remove" } : { kind: "nothing" };
  const action = existing === undefined ? "create" : "start";
  return plan(unit, action, causes, startColour(unit, target, undo), finish);
}

/** The right one serves; put right what an interrupted deploy left behind. */
function planRepair(unit: Unit, serving: Serving, colour: Colour): ServicePlan {
  const steps: Step[] = [];
  const causes: string[] = [];
  if (serving.flagged !== colour) {
    const cause = `the flag names ${serving.flagged}, but only ${colour} runs`;
    causes.push(cause);
    steps.push({ do: "flip", service: unit.service, to: colour, cause });
  }
  const leftover = serving.containers[otherColour(colour)];
  if (leftover !== undefined) {
    const cause = `${leftover.name} was left by an interrupted deploy`;
    causes.push(cause);
    steps.push(...retire(unit, otherColour(colour), leftover, cause));
  }
  const paused = serving.containers[colour]?.state === "paused" ? ["paused by somebody: left alone"] : [];
  return plan(unit, steps.length === 0 ? "keep" : "repair", [...causes, ...paused], undefined, steps);
}

function retire(unit: Unit, colour: Colour, container: Container, cause: string): Step[] {
  const drain: Step = { do: "drain", service: unit.service, colour, limitMs: unit.drainMs, cause };
  return [...(isRunning(container) ? [drain] : []), remove(unit, container, cause)];
}

function remove(unit: Unit, container: Container, cause: string): Step {
  return {
    do: "remove",
    service: unit.service,
    container: { id: container.id, name: container.name },
    cause,
  };
}

function startColour(unit: Unit, colour: Colour, undo: Start["undo"]): Start {
  return { service: unit.service, instance: colourInstance(unit.service, colour), until: "ready", undo };
}

/** Why the container is not what it should be; empty when it is. */
function changes(unit: Unit, container: Container | undefined, observed: Observed): string[] {
  const hash = container?.labels[LABEL.spec];
  if (container === undefined || hash === unit.hash) return [];
  const before = hash === undefined ? undefined : observed.specs[hash];
  if (before === undefined)
    return [`${container.name} was not made by this project's agent, or its record is gone`];
  const lines = specDiff(before, unit.spec);
  return lines.length > 0 ? lines : ["its specification changed"];
}

function restoreOf(container: Container): Start["undo"] {
  const spec = container.labels[LABEL.spec];
  return spec === undefined
    ? {
        kind: "impossible",
        why: `${container.name} was not made by the agent, so its settings are not known`,
      }
    : { kind: "restore", spec };
}

function stopped(container: Container): string {
  if (container.state === "created") return `${container.name} was made but never started`;
  const memory = container.oomKilled ? ", out of memory" : "";
  return `${container.name} is ${container.state} (exit code ${container.exitCode}${memory})`;
}

function plan(
  unit: Unit,
  action: ServicePlan["action"],
  causes: readonly string[],
  start?: Start,
  finish: readonly Step[] = [],
): ServicePlan {
  return { service: unit.service, strategy: unit.strategy, action, causes, start, handOvers: [], finish };
}
