import type { Config } from "../config/config.ts";
import { reach } from "../core/reach.ts";
import type { ComposeModel } from "./compose-model.ts";
import { strategyOf } from "./strategy.ts";

/**
 * Services without which this one cannot work: those it depends on and, where one of them is a one-shot that has long
 * ended, what that depended on.
 */
export function needsOf(name: string, config: Config, model: ComposeModel): string[] {
  const isOnce = (needed: string) => strategyOf(needed, config, model) === "once";
  const all = reach(dependenciesOf(name, model), (needed) =>
    isOnce(needed) ? dependenciesOf(needed, model) : [],
  );
  return [...all];
}

/** What its compose file says that it depends on. */
export function dependenciesOf(name: string, model: ComposeModel): string[] {
  return Object.keys(model.services[name]?.depends_on ?? {});
}
