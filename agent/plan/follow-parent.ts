import type { Container } from "../core/container.ts";
import { networkParent } from "./network-parent.ts";
import { containersOf, type Observed } from "./observed.ts";
import { restoreOf, type ServicePlan, servicePlan } from "./service-change.ts";
import type { Start } from "./step.ts";
import type { Unit } from "./unit.ts";

/** The service in whose network another lives (`network_mode: service:NAME`). */
export function networkParentOf({ spec }: Pick<Unit, "spec">): string | undefined {
  return /^service:(.+)$/.exec(spec.network_mode ?? "")?.[1];
}

/**
 * Services that are as they should be, and yet are made anew: a container keeps the network of the one it joined, and
 * is cut off once that is another. By name; `asked`: the services of this deploy. `units` in the order of starts.
 */
export function followers(
  units: readonly Unit[],
  plans: readonly ServicePlan[],
  observed: Observed,
  asked: ReadonlySet<string>,
): Map<string, ServicePlan> {
  const found = new Map<string, ServicePlan>();
  const isMadeAnew = (name: string) => {
    const plan = found.get(name) ?? (asked.has(name) ? planNamed(plans, name) : undefined);
    return plan?.start !== undefined && plan.action !== "start";
  };
  for (const unit of units) {
    const parent = networkParentOf(unit);
    const container = keptContainer(unit, plans, observed);
    if (parent === undefined || container === undefined) continue;
    const cause = isMadeAnew(parent)
      ? `${parent}, in whose network it lives, is made anew`
      : asked.has(unit.service) && isCutOff(container, parent, observed)
        ? `the container of ${parent} in whose network it lived is gone`
        : undefined;
    if (cause !== undefined) found.set(unit.service, madeAnew(unit, container, cause));
  }
  return found;
}

/** Of a service of which nothing else is to be done; what somebody has paused is left alone. */
function keptContainer(
  { service, strategy }: Unit,
  plans: readonly ServicePlan[],
  observed: Observed,
): Container | undefined {
  const container = containersOf(observed, service)[0];
  const isKept = strategy === "replace" && planNamed(plans, service)?.start === undefined;
  return isKept && container?.state !== "paused" ? container : undefined;
}

function isCutOff(container: Container, parent: string, observed: Observed): boolean {
  const joined = networkParent(container);
  return joined !== undefined && containersOf(observed, parent).every(({ id }) => id !== joined);
}

/** Compose sees by itself that the container which it joined is another one. */
function madeAnew(unit: Unit, container: Container, cause: string): ServicePlan {
  const { service } = unit;
  const start: Start = { service, instance: service, until: "ready", undo: restoreOf(container) };
  return servicePlan(unit, "replace", [cause], { start: { ...start, former: container.id } });
}

function planNamed(plans: readonly ServicePlan[], name: string): ServicePlan | undefined {
  return plans.find(({ service }) => service === name);
}
