import type { Config } from "../../config/config.ts";
import { nearest } from "../../core/nearest.ts";
import type { RotationFacts, RotationWish } from "./facts.ts";
import { isUnderWay } from "./machine.ts";
import type { Refusal } from "./types.ts";

export function underWay({ rotations }: RotationFacts): Refusal[] {
  return rotations.filter(isUnderWay).map(({ id, state }) => ({
    path: [],
    message: `rotation ${id} is under way: ${state}`,
    hint: "soloflow-agent rotate-secrets --resume goes on with it, --abort takes it back",
  }));
}

export function unknownNames(config: Config, wish: RotationWish): Refusal[] {
  if (!isByName(wish)) return [];
  const known = Object.keys(config.secret);
  return wish.names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      const hint = meant === undefined ? "soloflow-agent secrets list names them" : `did you mean ${meant}?`;
      return { path: ["secret"], message: `there is no secret ${name} in soloflow.toml`, hint };
    });
}

/** Somebody wrote the names: each of them is meant. */
export function isByName({ which }: RotationWish): boolean {
  return which === "named" || which === "back";
}
