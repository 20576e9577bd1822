import { sameForm } from "../secrets.ts";
import { databaseObstacle, superuserObstacle } from "./database-obstacle.ts";
import type { Asked, RotationFacts, RotationWish } from "./facts.ts";
import { listObstacle } from "./list-obstacle.ts";
import type { Refusal, SecretState } from "./types.ts";

/** Why this secret cannot be rotated now, and what is to be done; undefined where it can. */
export function obstacleOf(name: string, state: SecretState | undefined, asked: Asked): Refusal | undefined {
  const secret = asked.config.secret[name];
  const at = (key?: string) => ["secret", name, ...(key === undefined || secret === undefined ? [] : [key])];
  if (secret === undefined || state === undefined) {
    return { path: at(), message: "has no value yet", hint: `soloflow-agent secrets set ${name}` };
  }
  if (!sameForm(state.kind, secret.kind)) {
    const message = `is stored as ${state.kind}, soloflow.toml says kind = "${secret.kind}"`;
    return { path: at("kind"), message, hint: `write kind = "${state.kind}"` };
  }
  if (asked.wish.which === "back" && isAfterLeak(state, asked.facts)) {
    const hint = `soloflow-agent rotate-secrets ${name} gives it a new one`;
    return { path: at(), message: "was rotated because its earlier value leaked", hint };
  }
  switch (secret.kind) {
    case "pepper":
    case "generated":
      return listObstacle(secret, state, asked);
    case "database":
      return databaseObstacle(secret, state, asked);
    case "external":
      return externalObstacle(name, asked.wish);
    case "superuser":
      return superuserObstacle(secret, state, asked);
    default:
      return secret.kind satisfies never;
  }
}

/** The value that issues came in the place of one that leaked. */
function isAfterLeak({ name, versions }: SecretState, { rotations }: RotationFacts): boolean {
  return rotations.some(
    ({ cause, cured, names }) =>
      cause === "compromised" &&
      !cured &&
      names.some((each) => each.name === name && each.to === versions[0]?.n),
  );
}

function externalObstacle(name: string, { which, given }: RotationWish): Refusal | undefined {
  if (which === "back" || given.includes(name)) return undefined;
  const hint = `soloflow-agent rotate-secrets ${name} asks for it`;
  return { path: ["secret", name], message: "has a value that only you can get", hint };
}
