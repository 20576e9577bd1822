import { canonicalJson } from "../../core/canonical.ts";
import { type DeployedUnit, deployedUnit } from "../deployed.ts";
import type { Unit } from "../unit.ts";
import type { WatchSettings } from "./settings.ts";

type Written = { units: readonly DeployedUnit[]; watch: WatchSettings };

/** Settings of a service that touch no container, as they are called here. */
const OF_A_SERVICE = ["live", "watch", "needs", "answerWithinMs", "fingerprints"] as const;

/**
 * Names of the settings that the watchdog gets with the next deploy ("everyMs", "alerts", "app.watch"), sorted;
 * services that are new to it are not told. None before the first deploy.
 */
export function settingChanges(
  before: Written | undefined,
  next: { units: readonly Unit[]; watch: WatchSettings },
): string[] {
  if (before === undefined) return [];
  const own = new Set([...Object.keys(before.watch), ...Object.keys(next.watch)] as (keyof WatchSettings)[]);
  const changed = [...own].filter((name) => differ(before.watch[name], next.watch[name]));
  const services = next.units.flatMap((unit) => {
    const known = before.units.find(({ service }) => service === unit.service);
    const now = deployedUnit(unit);
    if (known === undefined) return [];
    return OF_A_SERVICE.filter((name) => differ(known[name], now[name])).map(
      (name) => `${unit.service}.${name}`,
    );
  });
  return [...changed, ...services].sort();
}

function differ(a: unknown, b: unknown): boolean {
  return canonicalJson([a]) !== canonicalJson([b]);
}
