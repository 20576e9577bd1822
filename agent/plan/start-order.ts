import { EXIT, SoloflowError } from "../core/errors.ts";
import type { ComposeModel } from "./compose-model.ts";

/**
 * All services so that each comes after what it depends on; by name where the order is free.
 * Errors: SoloflowError "compose" (exit 2) that names the circle.
 */
export function startOrder(model: ComposeModel): string[] {
  const done = new Set<string>();
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name) || model.services[name] === undefined) return;
    if (path.includes(name)) throw circle([...path.slice(path.indexOf(name)), name]);
    for (const needed of Object.keys(model.services[name].depends_on ?? {}).sort())
      visit(needed, [...path, name]);
    done.add(name);
    order.push(name);
  };
  for (const name of Object.keys(model.services).sort()) visit(name, []);
  return order;
}

function circle(names: readonly string[]): SoloflowError {
  return new SoloflowError("compose", `services depend on each other in a circle: ${names.join(" → ")}`, {
    hint: "take one depends_on out of the compose file",
    exitCode: EXIT.usage,
  });
}
