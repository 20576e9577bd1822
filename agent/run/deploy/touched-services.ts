import type { Step } from "../../plan/step.ts";

/** Services whose containers the steps change: everybody else may do with the others what is needed. */
export function touchedServices(steps: readonly Step[]): string[] {
  return [...new Set(steps.flatMap(servicesOf))];
}

function servicesOf(step: Step): string[] {
  if (step.do === "start") return step.starts.map(({ service }) => service);
  return ["start" in step ? step.start.service : step.service];
}
