import type { Container } from "../core/container.ts";
import { type Colour, colourInstance, otherColour } from "./colour.ts";
import { LABEL } from "./labels.ts";
import { isRunning, type Observed } from "./observed.ts";
import { changes, remove, restoreOf, type ServicePlan, servicePlan, stopped } from "./service-change.ts";
import { handingOver, type Serving, servingOf, targetColour } from "./serving.ts";
import type { Start, Step } from "./step.ts";
import type { Unit } from "./unit.ts";

/** A service with two colours: the other one is ready before anything of the one that serves is touched. */
export function planOverlap(unit: Unit, observed: Observed): ServicePlan {
  const serving = servingOf(unit, observed);
  const colours = attached(planColours(unit, observed, serving), observed);
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

/** Whoever was taken from the ingress, by this deploy or by one that was cut off, comes back at its end. */
function attached(plan: ServicePlan, observed: Observed): ServicePlan {
  const { service } = plan;
  const wasCutOff = observed.alone?.includes(service) === true;
  if (!wasCutOff && !plan.before.some((step) => step.do === "detach")) return plan;
  // Ready, it is asked; one that does not become ready stays out, and the next deploy mends it.
  if (plan.finish.some((step) => step.do === "standby")) return plan;
  const cause = wasCutOff ? "an interrupted deploy had taken it from the ingress" : "it is in place again";
  return {
    ...plan,
    action: plan.action === "keep" ? "repair" : plan.action,
    causes: wasCutOff ? [...plan.causes, cause] : plan.causes,
    finish: [...plan.finish, { do: "attach", service, cause }],
  };
}

function planColours(unit: Unit, observed: Observed, serving: Serving): ServicePlan {
  const colour = serving.colour;
  const current = colour === undefined ? undefined : serving.containers[colour];
  if (colour === undefined || current === undefined) return planFirst(unit, observed, serving);
  const causes = changes(unit, current, observed);
  if (causes.length === 0) return planRepair(unit, observed, { serving, colour, current });
  return planSwitch(unit, { serving, colour, current }, causes);
}

/** Somebody serves. */
type Served = { serving: Serving; colour: Colour; current: Container };

function planSwitch(
  unit: Unit,
  { serving, colour, current }: Served,
  causes: readonly string[],
): ServicePlan {
  const target = otherColour(colour);
  const other = serving.containers[target];
  const wasStandby = other !== undefined && isTwin(other, current);
  const found =
    other === undefined || wasStandby
      ? []
      : [`${other.name} was left by an interrupted deploy: used or replaced`];
  const undo: Start["undo"] = wasStandby && unit.standby ? restoreOf(other) : { kind: "remove" };
  const flip: Step = { do: "flip", service: unit.service, to: target, cause: `${target} is ready` };
  return servicePlan(unit, "switch", [...causes, ...found], {
    before: unit.standby || wasStandby ? [detach(unit, target, "it is replaced")] : [],
    start: startColour(unit, target, undo),
    finish: [
      flip,
      ...(unit.standby
        ? becomeStandby(unit, colour, current)
        : retire(unit, colour, current, `${target} serves`)),
    ],
  });
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
  const undo: Start["undo"] = existing === undefined ? { kind: "remove" } : { kind: "nothing" };
  const leftover = other === undefined ? [] : [remove(unit, other, "left by an interrupted deploy")];
  return servicePlan(unit, existing === undefined ? "create" : "start", causes, {
    start: startColour(unit, target, undo),
    finish: unit.standby ? [startStandby(unit, otherColour(target), "it waits beside")] : leftover,
  });
}

/** The right one serves; put right what an interrupted deploy left behind, and see to the standby. */
function planRepair(unit: Unit, observed: Observed, served: Served): ServicePlan {
  const { serving, colour, current } = served;
  const flips: Step[] = [];
  const causes: string[] = [];
  if (serving.flagged !== colour) {
    const cause = `the flag names ${serving.flagged}, but only ${colour} runs`;
    causes.push(cause);
    flips.push({ do: "flip", service: unit.service, to: colour, cause });
  }
  const beside = unit.standby ? planStandby(unit, observed, served) : planLeftover(unit, served);
  const paused = current.state === "paused" ? ["paused by somebody: left alone"] : [];
  const { start, before = [], finish = [] } = beside;
  const isQuiet = start === undefined && flips.length + finish.length === 0;
  return servicePlan(unit, isQuiet ? "keep" : "repair", [...causes, ...beside.causes, ...paused], {
    ...{ before, start, finish: [...flips, ...finish] },
  });
}

type Beside = { causes: string[]; before?: Step[]; start?: Start; finish?: Step[] };

function planLeftover(unit: Unit, { serving, colour, current }: Served): Beside {
  const leftover = serving.containers[otherColour(colour)];
  if (leftover === undefined) return { causes: [] };
  const why = isTwin(leftover, current)
    ? "is wanted no more: standby is off"
    : "was left by an interrupted deploy";
  const cause = `${leftover.name} ${why}`;
  return { causes: [cause], finish: retire(unit, otherColour(colour), leftover, cause) };
}

/** The standby as it should be: there, running, and made of the same. */
function planStandby(unit: Unit, observed: Observed, { serving, colour }: Served): Beside {
  const target = otherColour(colour);
  const other = serving.containers[target];
  if (other === undefined) {
    const start = startColour(unit, target, { kind: "remove" });
    return { causes: [`a standby is wanted beside ${colourInstance(unit.service, colour)}`], start };
  }
  if (other.state === "paused") return { causes: [`${other.name} is paused by somebody: left alone`] };
  const changed = changes(unit, other, observed);
  if (changed.length > 0) {
    return {
      causes: changed.map((change) => `${other.name}: ${change}`),
      before: [detach(unit, target, "it is replaced")],
      start: startColour(unit, target, { kind: "remove" }),
    };
  }
  if (isRunning(other)) return { causes: [] };
  return { causes: [stopped(other)], start: startColour(unit, target, { kind: "nothing" }) };
}

/** Whether both colours were made of the same: one is, or was, the other's standby. */
function isTwin(one: Container, other: Container): boolean {
  return one.labels[LABEL.spec] === other.labels[LABEL.spec];
}

/** The one that has served until now is made anew as the standby of the one that serves. */
function becomeStandby(unit: Unit, colour: Colour, container: Container): Step[] {
  const cause = `${otherColour(colour)} serves`;
  return [...drained(unit, colour, container, cause), startStandby(unit, colour, cause)];
}

function retire(unit: Unit, colour: Colour, container: Container, cause: string): Step[] {
  return [...drained(unit, colour, container, cause), remove(unit, container, cause)];
}

function drained(unit: Unit, colour: Colour, container: Container, cause: string): Step[] {
  return isRunning(container)
    ? [{ do: "drain", service: unit.service, colour, limitMs: unit.drainMs, cause }]
    : [];
}

function detach(unit: Unit, standby: Colour, cause: string): Step {
  return { do: "detach", service: unit.service, standby, limitMs: unit.drainMs, cause };
}

function startStandby(unit: Unit, colour: Colour, cause: string): Step {
  return { do: "standby", start: startColour(unit, colour, { kind: "nothing" }), cause };
}

function startColour(unit: Unit, colour: Colour, undo: Start["undo"]): Start {
  return { service: unit.service, instance: colourInstance(unit.service, colour), until: "ready", undo };
}
