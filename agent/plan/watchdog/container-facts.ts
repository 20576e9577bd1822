import type { Container } from "../../core/container.ts";
import { COLOURS, colourInstance, otherColour } from "../colour.ts";
import type { DeployedUnit } from "../deployed.ts";
import { networkParent } from "../network-parent.ts";
import { containersOf, type Observed } from "../observed.ts";
import { servingOf } from "../serving.ts";
import type { ContainerFacts, Target } from "./model.ts";

/** How the last life of a container ended, where an event told: the engine forgets it with the next start. */
export type Death = { exitCode: number; oomKilled: boolean; logSignature?: string | undefined };

export type FactsInput = {
  units: readonly DeployedUnit[];
  /** Instances that live in the network of another service of the project (network_mode: service:…). */
  joined: ReadonlySet<string>;
  observed: Pick<Observed, "containers" | "flags">;
  /** By container id. */
  deaths: ReadonlyMap<string, Death>;
  /** For how long, by the last look at the container, its health check has had no new result. Milliseconds. */
  healthSilence: (container: Container) => number;
  /** When this life of a container began, by the watchdog's clock; always the same for the same life. */
  began: (container: Container) => number | undefined;
  /** The fingerprints of the secrets that an instance would get now. */
  secrets: (instance: string) => string | undefined;
};

/** A container that stands for a service, with what is judged and the engine's own word on it. */
export type Watched = { facts: ContainerFacts; container: Container; unit: DeployedUnit };

/** A health log that is older than its check allows, by so much, is of a prober that hangs. */
const STALE_MS = 30_000;

/**
 * The containers that are watched: one a service, and the other colour where it is a warm standby. Who serves says
 * the flag file. One-shots are nobody's service; an other colour without a standby is a deploy's business.
 */
export function watchedContainers(input: FactsInput): Watched[] {
  return input.units
    .filter(({ strategy }) => strategy !== "once")
    .flatMap((unit) =>
      targetsOf(unit, input).map(({ target, container }) => ({
        facts: factsOf(target, container, input),
        container,
        unit,
      })),
    );
}

type Found = { target: Target; container: Container };

function targetsOf(unit: DeployedUnit, { observed }: FactsInput): Found[] {
  const { service } = unit;
  const world: Observed = { ...observed, specs: {} };
  if (unit.strategy !== "overlap") {
    const instance = unit.instances[0]?.name ?? service;
    const container = containersOf(world, instance)[0];
    return container === undefined ? [] : [{ target: { instance, service, role: "serving" }, container }];
  }
  const serving = servingOf(unit, world);
  const shown = serving.colour ?? serving.flagged;
  const roles = { [shown]: "serving", [otherColour(shown)]: "standby" } as const;
  return COLOURS.flatMap((colour): Found[] => {
    const container = serving.containers[colour];
    const role = roles[colour] ?? "serving";
    if (container === undefined || (role === "standby" && !unit.standby)) return [];
    return [{ target: { instance: colourInstance(service, colour), service, role }, container }];
  });
}

function factsOf(target: Target, container: Container, input: FactsInput): ContainerFacts {
  const death = input.deaths.get(container.id);
  return {
    ...target,
    container: container.id,
    image: container.image,
    state: container.state,
    startedAt: input.began(container),
    startedWall: container.startedAt,
    exitCode: container.state === "running" ? (death?.exitCode ?? 0) : container.exitCode,
    oomKilled: container.oomKilled || death?.oomKilled === true,
    endedWell: endedWell(container, death),
    logSignature: death?.logSignature,
    startError: container.error,
    memoryLimitBytes: container.memoryLimitBytes,
    secrets: input.secrets(target.instance),
    restartCount: container.restartCount,
    health: healthOf(container, input.healthSilence(container)),
    dockerRestarts: isRevived(container),
    orphaned: input.joined.has(target.instance) && isOrphaned(container, input),
  };
}

/** Of a container that runs the engine has forgotten how it ended before: unknown is not well. */
function endedWell(container: Container, death: Death | undefined): boolean {
  const end = container.state === "running" ? death : container;
  return end?.exitCode === 0 && !end.oomKilled && (container.error ?? "") === "";
}

/** When its life began, milliseconds of the machine's clock. */
export function startOf({ startedAt }: Pick<Container, "startedAt">): number | undefined {
  const started = Date.parse(startedAt ?? "");
  return Number.isNaN(started) ? undefined : started;
}

function healthOf(container: Container, silentMs: number): ContainerFacts["health"] {
  const { health, state } = container;
  if (health === undefined) return undefined;
  const isRunning = state === "running";
  return {
    status: health.status,
    failing: isRunning && health.failingStreak >= health.retries,
    stale: isRunning && silentMs > health.intervalMs + health.timeoutMs + STALE_MS,
  };
}

/** Whether Docker starts it again by itself once it has crashed. */
function isRevived({ restartPolicy: { name, max }, restartCount, exitCode, state }: Container): boolean {
  if (name !== "on-failure") return name !== "no";
  const failed = state === "running" || exitCode !== 0;
  return failed && (max === 0 || restartCount < max);
}

/** A container in another's network keeps that of the life in which it joined: by the watchdog's clock. */
function isOrphaned(container: Container, { observed, began }: FactsInput): boolean {
  const parentId = networkParent(container);
  if (parentId === undefined) return false;
  const parent = observed.containers.find(({ id, name }) => id === parentId || name === parentId);
  if (parent === undefined) return true;
  return parent.state === "running" && (began(parent) ?? 0) > (began(container) ?? 0);
}
