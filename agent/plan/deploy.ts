import { INGRESS } from "./ingress-spec.ts";
import { LABEL } from "./labels.ts";
import { isOneOff, type Observed } from "./observed.ts";
import { planService, type ServicePlan } from "./service-plan.ts";
import { servingOf } from "./serving.ts";
import type { Start, Step } from "./step.ts";
import type { Desired, Unit } from "./unit.ts";

/** What a deploy does. `services` is for people, `steps` for the executor; an empty `steps` means: nothing to do. */
export type DeployPlan = {
  project: string;
  services: readonly ServicePlan[];
  steps: readonly Step[];
  /** What somebody changed by hand, with the command that mends it. Never touched. */
  drift: readonly string[];
};

export type DeployScope = {
  /** Services asked for; empty means all. What they need and is not there comes along. */
  only: readonly string[];
  /** Services with a PostgreSQL whose roles the agent keeps. */
  databases: readonly string[];
};

/**
 * Everything new is ready before anything old goes: first the starts, wave by wave in the order of dependencies,
 * then the flips, then the old ones are drained and removed. A failure before the first flip costs nobody a request.
 */
export function planDeploy(desired: Desired, observed: Observed, scope: DeployScope): DeployPlan {
  const all = desired.units.map((unit) => planService(unit, observed));
  const chosen = inScope(desired.units, all, scope.only);
  const services = all.filter((service) => chosen.has(service.service));
  const waves = startWaves(desired.units, services);
  const starts = startSteps(waves, services, scope.databases);
  const finish = services.flatMap((service) => service.finish);
  const steps = inOrder(starts, handOver(desired, observed, services), finish);
  return { project: desired.project, services, steps, drift: drift(desired, observed) };
}

function inScope(
  units: readonly Unit[],
  plans: readonly ServicePlan[],
  only: readonly string[],
): Set<string> {
  if (only.length === 0) return new Set(units.map((unit) => unit.service));
  const missing = new Set(plans.filter(isMissing).map((service) => service.service));
  const chosen = new Set(only);
  const visit = (name: string): void => {
    for (const needed of units.find((unit) => unit.service === name)?.needs ?? []) {
      if (chosen.has(needed) || !missing.has(needed)) continue;
      chosen.add(needed);
      visit(needed);
    }
  };
  for (const name of only) visit(name);
  if (units.some((unit) => unit.strategy === "overlap" && chosen.has(unit.service))) chosen.add(INGRESS);
  return chosen;
}

function isMissing(service: ServicePlan): boolean {
  return (
    service.start !== undefined &&
    (service.strategy === "once" || ["create", "start"].includes(service.action))
  );
}

/** Starts by level: a service starts after every started one that it needs, directly or not. */
function startWaves(units: readonly Unit[], services: readonly ServicePlan[]): Start[][] {
  const level = new Map<string, number>();
  const waves: Start[][] = [];
  for (const unit of units) {
    const start = services.find((service) => service.service === unit.service)?.start;
    const after = Math.max(-1, ...unit.needs.map((needed) => level.get(needed) ?? -1));
    level.set(unit.service, start === undefined ? after : after + 1);
    if (start === undefined) continue;
    waves[after + 1] = [...(waves[after + 1] ?? []), start];
  }
  return waves;
}

/** The waves with the database's roles put in as soon as the database is there. */
function startSteps(
  waves: readonly Start[][],
  services: readonly ServicePlan[],
  databases: readonly string[],
): Step[] {
  if (waves.length === 0) return [];
  const steps: Step[] = [];
  const waiting = new Set(databases.filter((name) => services.some((service) => service.service === name)));
  const rolesWhere = (isThere: (name: string) => boolean): void => {
    for (const service of [...waiting].filter(isThere)) {
      steps.push({ do: "roles", service });
      waiting.delete(service);
    }
  };
  rolesWhere((name) => services.some((service) => service.service === name && service.start === undefined));
  for (const starts of waves) {
    steps.push({ do: "start", starts });
    rolesWhere((name) => starts.some((start) => start.service === name));
  }
  return steps;
}

/** A container from before the agent holds the ports that the ingress needs: it goes when its successor is ready. */
function handOver(desired: Desired, observed: Observed, services: readonly ServicePlan[]): Step[] {
  return desired.units.flatMap((unit): Step[] => {
    if (unit.strategy !== "overlap" || !services.some((service) => service.service === unit.service))
      return [];
    const legacy = servingOf(unit, observed).legacy;
    if (legacy === undefined) return [];
    const container = { id: legacy.id, name: legacy.name };
    return [{ do: "remove", service: unit.service, container, cause: "hands its ports over to the ingress" }];
  });
}

/** Hand-overs come before the ingress takes the ports, flips before anything old goes. */
function inOrder(starts: readonly Step[], handOvers: readonly Step[], finish: readonly Step[]): Step[] {
  const found = starts.findIndex(
    (step) => step.do === "start" && step.starts.some((s) => s.service === INGRESS),
  );
  const ingressAt = found < 0 ? starts.length : found;
  const flips = finish.filter((step) => step.do === "flip");
  const ends = finish.filter((step) => step.do !== "flip");
  return [...starts.slice(0, ingressAt), ...handOvers, ...starts.slice(ingressAt), ...flips, ...ends];
}

function drift(desired: Desired, observed: Observed): string[] {
  const known = new Set(
    desired.units.flatMap((unit) => [unit.service, ...unit.instances.map((i) => i.name)]),
  );
  return observed.containers
    .filter((container) => !isOneOff(container) && !known.has(container.labels[LABEL.composeService] ?? ""))
    .map(
      (container) =>
        `${container.name} is in no compose file any more; remove it with: docker rm -f ${container.name}`,
    );
}
