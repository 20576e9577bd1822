import { EXIT, SoloflowError } from "../core/errors.ts";
import { reach } from "../core/reach.ts";
import { COLOURS, colourInstance } from "./colour.ts";
import { followers } from "./follow-parent.ts";
import { INGRESS } from "./ingress-spec.ts";
import { LABEL } from "./labels.ts";
import { containersOf, holdsPorts, isOneOff, type Observed } from "./observed.ts";
import { type ServicePlan, servicePlan } from "./service-change.ts";
import { planService } from "./service-plan.ts";
import { handingOver, servingOf } from "./serving.ts";
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
 * Errors: SoloflowError "scope" (exit 2) when only some of the services whose ports change hands were asked for.
 */
export function planDeploy(desired: Desired, observed: Observed, scope: DeployScope): DeployPlan {
  const alone = desired.units.map((unit) => planService(unit, observed));
  const asked = inScope(desired.units, alone, scope.only);
  const following = followers(desired.units, alone, observed, asked);
  const all = alone.map((plan) => following.get(plan.service) ?? plan);
  const chosen = new Set([...asked, ...following.keys()]);
  const services = [
    ...all.filter((service) => chosen.has(service.service)),
    ...leftIngress(desired, observed, scope.only),
  ];
  refusePart(all, services);
  const waves = startWaves(desired.units, services);
  // The ingress needs whoever is there, and nothing behind that.
  const reach = reachOf(
    desired.units,
    [...chosen].filter((name) => name !== INGRESS),
  );
  const databases = scope.databases.filter((name) => reach.has(name));
  const steps = inOrder(startSteps(waves, databases, services), services);
  return { project: desired.project, services, steps, drift: drift(desired, observed) };
}

function inScope(
  units: readonly Unit[],
  plans: readonly ServicePlan[],
  only: readonly string[],
): Set<string> {
  if (only.length === 0) return new Set(units.map((unit) => unit.service));
  const missing = new Set(plans.filter(isMissing).map((service) => service.service));
  const needed = [...reachOf(units, only)].filter((name) => missing.has(name));
  const chosen = new Set([...only, ...needed]);
  const overlapped = plans.filter((plan) => plan.strategy === "overlap" || plan.handOvers.length > 0);
  if (overlapped.some(({ service }) => chosen.has(service))) chosen.add(INGRESS);
  return chosen;
}

/** The services and, directly or not, what they need. */
function reachOf(units: readonly Unit[], services: readonly string[]): Set<string> {
  return reach(services, (name) => units.find(({ service }) => service === name)?.needs ?? []);
}

function isMissing(service: ServicePlan): boolean {
  return (
    service.start !== undefined &&
    (service.strategy === "once" || ["create", "start"].includes(service.action))
  );
}

/** Nothing overlaps any more: a deploy of everything takes the ingress away. */
function leftIngress(desired: Desired, observed: Observed, only: readonly string[]): ServicePlan[] {
  const [ingress] = containersOf(observed, INGRESS).filter(({ labels }) => labels[LABEL.service] === INGRESS);
  if (ingress === undefined || only.length > 0) return [];
  if (desired.units.some(({ service }) => service === INGRESS)) return [];
  const cause = "no service overlaps any more";
  const container = { id: ingress.id, name: ingress.name };
  const finish: Step[] = [{ do: "remove", service: INGRESS, container, cause }];
  return [servicePlan({ service: INGRESS, strategy: "replace" }, "remove", [cause], { finish })];
}

/** Ports go to the ingress, or come from it, for all services at once: the ingress has one configuration. */
function refusePart(all: readonly ServicePlan[], services: readonly ServicePlan[]): void {
  const moves = services.some(({ service, start, handOvers }) =>
    service === INGRESS ? start !== undefined : handOvers.length > 0,
  );
  const left = all.filter((plan) => plan.handOvers.some(holdsPorts) && !services.includes(plan));
  if (!moves || left.length === 0) return;
  throw new SoloflowError(
    "scope",
    `the ports of ${left.map(({ service }) => service).join(", ")} change hands in this deploy too`,
    { hint: "deploy everything once: soloflow-agent deploy", exitCode: EXIT.usage },
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
  databases: readonly string[],
  services: readonly ServicePlan[],
): Step[] {
  if (waves.length === 0) return [];
  const rolesOf = (names: readonly string[]) => names.map((service): Step => ({ do: "roles", service }));
  const startIn = (starts: readonly Start[]) => (name: string) =>
    starts.some((start) => start.service === name);
  const started = waves.flatMap((starts): Step[] => [
    ...services.filter(({ service }) => startIn(starts)(service)).flatMap(({ before }) => before),
    { do: "start", starts },
    ...rolesOf(databases.filter(startIn(starts))),
  ]);
  return [...rolesOf(databases.filter((name) => !startIn(waves.flat())(name))), ...started];
}

/** Whoever holds ports that something in this deploy takes over. */
function stops(services: readonly ServicePlan[]): Step[] {
  const stopped = services.flatMap(({ service, handOvers }) =>
    handOvers.map(({ id, name }): [string, Step] => [
      id,
      { do: "stop", service, container: { id, name }, cause: "it gives up its ports" },
    ]),
  );
  return [...new Map(stopped).values()];
}

/** Ports are given up just before the first start that takes some, flips come before anything old goes. */
function inOrder(starts: readonly Step[], services: readonly ServicePlan[]): Step[] {
  const takers = services.filter((plan) => plan.service === INGRESS || plan.handOvers.length > 0);
  const takes = ({ service, strategy }: ServicePlan, step: Step) =>
    step.do === "start" && strategy !== "overlap" && step.starts.some((start) => start.service === service);
  const found = starts.findIndex((step) => takers.some((taker) => takes(taker, step)));
  const at = found < 0 ? starts.length : found;
  const finish = services.flatMap((service) => service.finish);
  const flips = finish.filter((step) => step.do === "flip");
  const ends = finish.filter((step) => step.do !== "flip");
  return [...starts.slice(0, at), ...stops(services), ...starts.slice(at), ...flips, ...ends];
}

function drift(desired: Desired, observed: Observed): string[] {
  const known = new Set(
    desired.units.flatMap(({ service, instances }) => [
      service,
      ...[...instances.map(({ name }) => name), ...COLOURS.map((colour) => colourInstance(service, colour))],
    ]),
  ).add(INGRESS);
  const unknown = observed.containers
    .filter((container) => !isOneOff(container) && !known.has(container.labels[LABEL.composeService] ?? ""))
    .map(({ name }) => `${name} is in no compose file any more; remove it with: docker rm -f ${name}`);
  return [...unknown, ...desired.units.flatMap((unit) => besideColours(unit, observed))];
}

/** Somebody ran `docker compose up`: a plain container beside the colours, to which nobody is led. */
function besideColours(unit: Unit, observed: Observed): string[] {
  if (unit.strategy !== "overlap") return [];
  const serving = servingOf(unit, observed);
  if (serving.legacy === undefined || handingOver(serving, observed) !== undefined) return [];
  const { name } = serving.legacy;
  return [`${name} was started beside the colours of ${unit.service}; remove it with: docker rm -f ${name}`];
}
