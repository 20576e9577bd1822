import type { Config } from "../config/config.ts";
import type { ComposeModel } from "./compose-model.ts";
import { strategyOf } from "./strategy.ts";

/**
 * Services without which this one cannot work: those it depends on and, where one of them is a one-shot that has long
 * ended, what that depended on.
 */
export function needsOf(name: string, config: Config, model: ComposeModel): string[] {
  const found = new Set(dependencies(name, model));
  for (const needed of found) {
    if (strategyOf(needed, config, model) !== "once") continue;
    for (const further of dependencies(needed, model)) found.add(further);
  }
  return [...found];
}

function dependencies(name: string, model: ComposeModel): string[] {
  return Object.keys(model.services[name]?.depends_on ?? {});
}
