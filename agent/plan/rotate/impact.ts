import type { Config } from "../../config/config.ts";
import { databaseSecret } from "../secrets-database.ts";
import type { RotationFacts } from "./facts.ts";
import { promisesThatFall } from "./promises.ts";
import { soaks } from "./rotated-name.ts";
import { rolloutsMs, servicesOf } from "./rotated-services.ts";
import type { RotatedName, RotationPlan, SecretState } from "./types.ts";

type Impact = Omit<RotationPlan, "cause" | "names" | "make" | "left">;

/** What it costs, and whom. */
export function impactOf(
  config: Config,
  rotated: readonly { state: SecretState; name: RotatedName }[],
  compromised: boolean,
  facts: RotationFacts,
): Impact {
  const names = rotated.map(({ name }) => name);
  const services = servicesOf(names, facts);
  const sessions = names.some((name) => endsSessions(name)) ? "ended" : "kept";
  const keysThatDie = deadKeys(names, compromised, facts);
  return {
    services,
    sessions,
    keys: names.flatMap(({ name }) => {
      const versions = facts.keys[name];
      return versions === undefined ? [] : [{ name, versions }];
    }),
    keysThatDie,
    owners: rotated.flatMap(({ state }) => ownersOf(config, state, facts)),
    expectedMs: rolloutsMs(names, facts),
    promisesThatFall: promisesThatFall(config, names, { services, keysThatDie, compromised }),
    soakMs: compromised ? 0 : soakMs(config, names),
  };
}

/** What is signed with the old value is not accepted any more when the new one issues. */
function endsSessions({ kind, phases }: RotatedName): boolean {
  return kind === "generated" && !phases.includes("expand");
}

function deadKeys(
  names: readonly RotatedName[],
  compromised: boolean,
  { keys }: RotationFacts,
): number | undefined {
  const peppers = names.filter(({ kind }) => kind === "pepper");
  if (!compromised) return 0;
  return peppers.reduce<number | undefined>((sum, { name }) => {
    const counted = keys[name]?.reduce((total, { count }) => total + count, 0);
    return sum === undefined || counted === undefined ? undefined : sum + counted;
  }, 0);
}

function ownersOf(config: Config, { name, versions }: SecretState, { foreign }: RotationFacts) {
  const secret = config.secret[name];
  const objects = foreign[name];
  const login = versions[0]?.role;
  if (secret?.kind !== "database" || objects === undefined || login === undefined) return [];
  const { owner, roles } = databaseSecret(config, name, secret);
  return roles.includes(login) ? [] : [{ name, login, owner, objects }];
}

/** The longest that anything replaced is to stay of use. */
export function soakMs({ rotation, secret }: Config, names: readonly RotatedName[]): number {
  const soaking = names.filter(soaks);
  if (soaking.length === 0) return 0;
  return Math.max(rotation.soak ?? SOAK_MS, ...soaking.map(({ name }) => secret[name]?.overlap ?? 0));
}

/** A day: what was signed or opened before has been used again, or is over. */
const SOAK_MS = 86_400_000;
