import type { Config } from "../../config/config.ts";
import { formatDuration } from "../../core/duration.ts";
import { counted, times } from "./counted.ts";
import type { RotatedName, RotatedService } from "./types.ts";

/** What the operator is used to and this rotation cannot keep, in sentences. */
export function promisesThatFall(
  config: Config,
  names: readonly RotatedName[],
  {
    services,
    keysThatDie,
    compromised,
  }: { services: readonly RotatedService[]; keysThatDie: number | undefined; compromised: boolean },
): string[] {
  return [
    ...services.filter(({ how }) => how === "replaced").map(away),
    ...names.filter(({ kind }) => kind === "generated").flatMap((name) => sessionsEnd(config, name)),
    ...names.filter((name) => differs(name)).map(apart),
    ...names.flatMap((name) => uncompared(config, name)),
    ...(compromised ? deadKeys(names, keysThatDie) : []),
  ];
}

function away({ service, rollouts, costsMs }: RotatedService): string {
  const long = costsMs === undefined ? "" : `, ${formatDuration(costsMs)} in all`;
  return `${service} cannot overlap: it is away ${times(rollouts)}${long}`;
}

function sessionsEnd(config: Config, { name, services, phases }: RotatedName): string[] {
  if (phases.includes("expand")) return [];
  if (config.secret[name]?.accepts !== 1) return [`whoever is signed in must sign in again: ${name} leaked`];
  const who = services.join(" and ");
  return [`whoever is signed in must sign in again: ${who} accepts one ${name} only`];
}

/** Until the last of its services has the new one they have different values. */
function differs({ kind, phases, services }: RotatedName): boolean {
  const isShared = kind === "generated" || kind === "pepper";
  return isShared && services.length > 1 && !phases.includes("expand");
}

function apart({ name, services }: RotatedName): string {
  return `while it changes, ${services.join(" and ")} do not accept what the other made with ${name}`;
}

/** What several services share is compared by what they tell of it, where they tell. */
function uncompared(config: Config, { name, phases, services }: RotatedName): string[] {
  const silent = services.filter((service) => config.service[service]?.fingerprints === undefined);
  if (!phases.includes("expand") || services.length < 2 || silent.length === 0) return [];
  return [
    `nobody compares ${name} between ${services.join(" and ")}: no fingerprints of ${silent.join(", ")} in soloflow.toml`,
  ];
}

function deadKeys(names: readonly RotatedName[], count: number | undefined): string[] {
  const peppers = names.filter(({ kind }) => kind === "pepper").map(({ name }) => name);
  if (peppers.length === 0 || count === 0) return [];
  const keys = count === undefined ? "all API keys" : counted(count, "API key");
  return [`${keys} made with ${peppers.join(" and ")} will be refused`];
}
