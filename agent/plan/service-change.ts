import type { Container } from "../core/container.ts";
import { LABEL } from "./labels.ts";
import type { Observed } from "./observed.ts";
import { specDiff } from "./spec-diff.ts";
import type { Start, Step } from "./step.ts";
import type { Unit } from "./unit.ts";

/** What is to be done to one service, and why, in words. */
export type ServicePlan = {
  service: string;
  strategy: Unit["strategy"];
  action: "keep" | "create" | "start" | "replace" | "switch" | "run" | "repair" | "remove";
  causes: readonly string[];
  /** Just before it starts. */
  before: readonly Step[];
  /** What starts; undefined when nothing does. */
  start: Start | undefined;
  /** Containers that give up their ports just before they are taken over, and go once all is ready. */
  handOvers: readonly Container[];
  /** After everything that starts is ready. */
  finish: readonly Step[];
};

export function servicePlan(
  unit: Pick<Unit, "service" | "strategy">,
  action: ServicePlan["action"],
  causes: readonly string[],
  steps: Partial<Pick<ServicePlan, "before" | "start" | "finish">> = {},
): ServicePlan {
  const { service, strategy } = unit;
  return {
    service,
    strategy,
    action,
    causes,
    before: [],
    start: undefined,
    handOvers: [],
    finish: [],
    ...steps,
  };
}

/** Why the container is not what it should be; empty when it is. */
export function changes(unit: Unit, container: Container | undefined, observed: Observed): string[] {
  const hash = container?.labels[LABEL.spec];
  if (container === undefined || hash === unit.hash) return [];
  const before = hash === undefined ? undefined : observed.specs[hash];
  if (before === undefined)
    return [`${container.name} was not made by this project's agent, or its record is gone`];
  const lines = specDiff(before, unit.spec);
  return lines.length > 0 ? lines : ["its specification changed"];
}

/** Makes a container as it was before, where that is known. */
export function restoreOf(container: Container): Start["undo"] {
  const spec = container.labels[LABEL.spec];
  return spec === undefined
    ? {
        kind: "impossible",
        why: `${container.name} was not made by the agent, so its settings are not known`,
      }
    : { kind: "restore", spec };
}

/** How a container that does not run came to its end. */
export function stopped(container: Container): string {
  if (container.state === "created") return `${container.name} was made but never started`;
  const memory = container.oomKilled ? ", out of memory" : "";
  return `${container.name} is ${container.state} (exit code ${container.exitCode}${memory})`;
}

export function remove(unit: Pick<Unit, "service">, container: Container, cause: string): Step {
  return {
    do: "remove",
    service: unit.service,
    container: { id: container.id, name: container.name },
    cause,
  };
}
