import type { Config } from "../../config/config.ts";
import { dueNames } from "./due.ts";
import type { RotationFacts, RotationWish } from "./facts.ts";
import { impactOf } from "./impact.ts";
import { obstacleOf } from "./obstacle.ts";
import { isByName, underWay, unknownNames } from "./refusals.ts";
import { rotatedName } from "./rotated-name.ts";
import { toMake } from "./to-make.ts";
import type { Refusal, RotationCause, RotationPlan, SecretState } from "./types.ts";

export type Planned =
  | { kind: "plan"; plan: RotationPlan }
  | { kind: "refused"; refusals: readonly Refusal[] };

/**
 * What a rotation would do. Names that somebody wrote must all be possible; of those that were picked (`due`, `all`)
 * the impossible ones are left, each with its reason. A plan without names: there is nothing to do.
 */
export function planRotation(
  config: Config,
  states: readonly SecretState[],
  now: number,
  wish: RotationWish,
  facts: RotationFacts,
): Planned {
  const refusals = [...underWay(facts), ...unknownNames(config, wish)];
  if (refusals.length > 0) return { kind: "refused", refusals };
  const wanted = wantedNames(config, states, now, wish);
  const stateOf = new Map(states.map((state) => [state.name, state]));
  const possible: SecretState[] = [];
  const impossible: (Refusal & { name: string })[] = [];
  for (const name of wanted) {
    const state = stateOf.get(name);
    const obstacle = obstacleOf(name, state, { config, states, wish, facts });
    if (obstacle !== undefined) impossible.push({ ...obstacle, name });
    else if (state !== undefined) possible.push(state);
  }
  if (isByName(wish) && impossible.length > 0) return { kind: "refused", refusals: impossible.map(named) };
  return { kind: "plan", plan: planOf(config, possible, impossible, wish, facts) };
}

function planOf(
  config: Config,
  possible: readonly SecretState[],
  impossible: readonly (Refusal & { name: string })[],
  wish: RotationWish,
  facts: RotationFacts,
): RotationPlan {
  const { compromised } = wish;
  const rotated = possible.map((state) => ({
    state,
    name: rotatedName(config, state, { compromised, facts }),
  }));
  const made =
    wish.which === "back" ? [] : rotated.flatMap(({ state, name }) => toMake(config, name, state) ?? []);
  return {
    cause: causeOf(wish),
    names: rotated.map(({ name }) => name),
    make: made,
    left: impossible.map(({ name, message, hint }) => ({ name, why: `${message}; ${hint}` })),
    ...impactOf(config, rotated, compromised, facts),
  };
}

function causeOf({ which, compromised }: RotationWish): RotationCause {
  if (compromised) return "compromised";
  return which === "due" || which === "back" ? which : "asked";
}

function wantedNames(
  config: Config,
  states: readonly SecretState[],
  now: number,
  { which, names, until = now }: RotationWish,
): string[] {
  if (which === "due") return dueNames(config, states, until);
  if (which !== "all") return [...new Set(names)];
  const isThere = (name: string) => states.some((state) => state.name === name);
  return Object.keys(config.secret)
    .filter((name) => isThere(name) || config.secret[name]?.optional !== true)
    .sort();
}

function named({ name, path, message, hint }: Refusal & { name: string }): Refusal {
  return { path, message: `${name} ${message}`, hint };
}
