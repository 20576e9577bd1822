import type { ComposeService } from "../compose-model.ts";
import type { DeployedUnit } from "../deployed.ts";
import type { ServicePolicy, WatchPolicy } from "./model.ts";
import { probesOf } from "./probes-of.ts";
import type { WatchSettings } from "./settings.ts";
import { watchPolicy } from "./watch-policy.ts";

/** Service to its usual time from start to ready, milliseconds; those that were never measured are absent. */
export type UsualTimes = Readonly<Record<string, { p50Ms: number; p95Ms: number }>>;

/**
 * What the watchdog goes by: the settings over the defaults, and every service of the model but one-shots, which are
 * nobody's to watch. `specs`: the model's, by instance.
 */
export function policyOf(
  settings: WatchSettings,
  units: readonly DeployedUnit[],
  usual: UsualTimes,
  specs: Readonly<Record<string, ComposeService>> = {},
): WatchPolicy {
  const watched = units.filter(({ strategy }) => strategy !== "once");
  const names = new Set(watched.map(({ service }) => service));
  const services = watched.map((unit): [string, ServicePolicy] => {
    const { steady } = probesOf(unit, specs[unit.instances[0]?.name ?? unit.service]);
    const policy = {
      mode: unit.watch,
      standby: unit.standby,
      needs: unit.needs.filter((needed) => names.has(needed) && needed !== unit.service),
      ...{ probed: steady !== undefined, probe: steady && JSON.stringify(steady) },
      hasLive: unit.live !== undefined,
      usual: usual[unit.service],
    };
    return [unit.service, policy];
  });
  return watchPolicy(settings, Object.fromEntries(services));
}
